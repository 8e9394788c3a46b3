import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';

import { CHROMIUM, openBrowser } from '../../sandbox/editor/browser';
import { readMonitor } from '../../sandbox/meiro/monitor/routes';
import { openStore, type NewEvent, type Store } from '../../sandbox/meiro/store';
import { cleanUp, databaseFile, envelope, get, post, start } from './meiro-client';

afterEach(cleanUp);

const hostile = '<img src=x onerror="document.title=1">';

describe('the data of the monitoring page', () => {
	it('counts the last hour by source and type, and lists the newest first', async () => {
		const file = databaseFile();
		const old = openStore(file, () => Date.now() - 61 * 60_000);
		const event = { product: 'meiro_events', source: 's', type: 'old', time: null } as const;
		await old.append([{ ...event, payload: '{}', dedupKey: null }]);
		old.close();
		const meiro = await start({ databaseFile: file });
		await post(meiro, '/s?event_name=a', { n: 1 });
		await post(meiro, '/s?event_name=a', { n: 2 });
		await post(meiro, '/collect/p', envelope());

		const { data } = await get(`${meiro.urls.monitor}/data`);
		expect(data.groups).toMatchObject([
			{ product: 'meiro_events', source: 's', event_name: 'a', count: 2 },
			{ product: 'meiro_pipes', source: 'p', event_name: 'placed_order', count: 1 },
		]);
		expect(data.events.map((listed: { event_name: string }) => listed.event_name)).toEqual([
			'placed_order',
			'a',
			'a',
		]);
		expect(JSON.parse(data.events[1].payload)).toEqual({ n: 2 });
		expect(meiro.count()).toBe(4);
	});

	it('filters the list but not the groups', async () => {
		const meiro = await start();
		for (const path of ['/x?event_name=a', '/x?event_name=b', '/y?event_name=a']) {
			await post(meiro, path, {});
		}
		const { data } = await get(`${meiro.urls.monitor}/data?source=x&event_name=a`);
		expect(data.events).toMatchObject([{ source: 'x', event_name: 'a' }]);
		expect(data.groups).toHaveLength(3);
		expect((await get(`${meiro.urls.monitor}/data?source=&event_name=b`)).data.events).toHaveLength(
			1,
		);
	});

	describe('the chart', () => {
		const began = Date.parse('2031-02-03T04:05:06.999Z');
		const event: NewEvent = {
			product: 'meiro_events',
			source: 's',
			type: 'a',
			time: null,
			payload: '{}',
			dedupKey: null,
		};
		let now = began;
		let store: Store;

		beforeEach(() => {
			now = began;
			store = openStore(databaseFile(), () => now);
		});
		afterEach(() => store.close());

		const arrivals = () => readMonitor(store, { source: 'another' }, now).arrivals;
		const sum = (counts: number[]) => counts.reduce((total, count) => total + count);

		it('counts the last whole seconds one by one as long as the run is short', async () => {
			await store.append([event, event]);
			now += 1;
			await store.append([event]);
			now = began + 1_501;
			await store.append([event]);

			const { seconds_per_bar, counts } = arrivals();
			expect(seconds_per_bar).toBe(1);
			expect(counts).toHaveLength(120);
			expect(counts.slice(-3)).toEqual([0, 2, 1]);
			expect(sum(counts)).toBe(3);
		});

		it.each([
			[118, 1],
			[121, 2],
			[590, 5],
			[3_500, 30],
		])('shows a run of %i seconds whole, %i in a bar', async (seconds, width) => {
			await store.append([event, event]);
			now = began + seconds * 1000;
			await store.append([event]);
			now += 1;
			const { seconds_per_bar, counts } = arrivals();
			expect(seconds_per_bar).toBe(width);
			expect(counts).toHaveLength(120);
			expect(sum(counts)).toBeGreaterThanOrEqual(2);
			expect(counts.find((count) => count > 0)).toBe(2);
		});
	});

	it.each([
		[
			'an event as it is',
			'/s?event_name=a',
			{ profile: { email: 'ana@shop.example' }, trigger_event: { value: 41.5, currency: 'EUR' } },
			'ana@shop.example',
			'41.5 EUR',
		],
		[
			'an envelope of Pipes',
			'/collect/p',
			envelope({ event_payload: { profile: { external_id: 'customer-1' } } }),
			'customer-1',
			null,
		],
		[
			'an event about a thing',
			'/s?event_name=a',
			{ subject: { id: 'campaign-1' } },
			'campaign-1',
			null,
		],
		['something else', '/s?event_name=a', { n: 1 }, null, null],
	])('says who and how much of %s', async (_, path, body, person, value) => {
		const meiro = await start();
		await post(meiro, path, body);
		const { data } = await get(`${meiro.urls.monitor}/data`);
		expect(data.events).toMatchObject([{ person, value }]);
	});

	it('stays light: at most 50 events, long payloads cut', async () => {
		const meiro = await start();
		const events = Array.from({ length: 60 }, (_, n) => envelope({ event_type: `t${n}` }));
		await post(meiro, '/collect/p', events);
		await post(meiro, '/s?event_name=long', { text: 'x'.repeat(30_000) });
		const { data } = await get(`${meiro.urls.monitor}/data`);
		expect(data.events).toHaveLength(50);
		expect(data.events[0]).toMatchObject({ payload_truncated: true });
		expect(data.events[0].payload).toHaveLength(20_000);
		expect(data.events[1]).toMatchObject({ payload_truncated: false, event_name: 't59' });
	});
});

describe('the monitoring page', () => {
	it('holds no event data and lets only its own style and script run', async () => {
		const meiro = await start();
		await post(meiro, `/s?event_name=${encodeURIComponent(hostile)}`, { hostile });
		const { data: html, headers } = await get(meiro.urls.monitor);
		const policy = String(headers['content-security-policy']);
		expect(html).not.toContain('onerror');
		expect(policy).toContain("default-src 'none'");
		expect(policy).not.toContain('unsafe');
		for (const tag of ['style', 'script']) {
			const content = String(html).split(`<${tag}>`)[1]?.split(`</${tag}>`)[0] ?? '';
			const hash = createHash('sha256').update(content).digest('base64');
			expect(content.length).toBeGreaterThan(1000);
			expect(policy).toContain(`${tag}-src 'sha256-${hash}'`);
		}
		expect(html).not.toMatch(/(?:src|href)="(?!data:|#)/);
	});
});

const inBrowser = existsSync(CHROMIUM) ? describe : describe.skip;

inBrowser('the monitoring page in a browser', () => {
	let browser: Browser;
	let page: Page;
	const problems: string[] = [];

	beforeAll(async () => {
		browser = await openBrowser();
	});
	afterAll(async () => await browser.close());
	beforeEach(async () => {
		problems.length = 0;
		page = await browser.newPage();
		page.on('pageerror', (error) => problems.push(error.message));
		page.on('console', (message) => {
			if (message.type() === 'error') problems.push(message.text());
		});
	});
	afterEach(async () => await page.close());

	it('shows hostile names and payloads as text', async () => {
		const meiro = await start();
		const payload = { text: `</pre><script>document.title=1</script>${hostile}` };
		await post(
			meiro,
			`/${encodeURIComponent(hostile)}?event_name=${encodeURIComponent(hostile)}`,
			payload,
		);
		await page.goto(meiro.urls.monitor);
		await page.getByRole('button', { expanded: false }).click();
		expect(JSON.parse(await page.locator('pre').innerText())).toEqual(payload);
		expect(await page.locator('#event-rows td').nth(2).textContent()).toBe(hostile);
		expect(await page.locator('main img, main script').count()).toBe(0);
		expect(await page.title()).toContain('Event monitoring');
		expect(problems).toEqual([]);
	});

	it('keeps an opened event open, and the focus, while new events come in', async () => {
		const meiro = await start();
		await post(meiro, '/s?event_name=first', { n: 1 });
		await page.goto(meiro.urls.monitor);
		await page.getByRole('button', { expanded: false }).focus();
		await page.keyboard.press('Enter');
		await post(meiro, '/s?event_name=second', { n: 2 });
		await page.locator('tr.event', { hasText: 'second' }).waitFor();
		expect(await page.locator('tr.event').first().textContent()).toContain('second');
		expect(await page.locator('pre:visible').innerText()).toContain('"n": 1');
		const focused = page.locator(':focus');
		expect(await focused.getAttribute('aria-expanded')).toBe('true');
	});

	it('filters by source and type, remembers it in the address, and shows all again', async () => {
		const meiro = await start();
		for (const path of ['/x?event_name=a', '/x?event_name=b', '/y?event_name=a']) {
			await post(meiro, path, {});
		}
		const rows = page.locator('tr.event');
		await page.goto(meiro.urls.monitor);
		await rows.nth(2).waitFor();
		await page.getByRole('combobox', { name: 'Data source' }).selectOption('x');
		await rows.nth(2).waitFor({ state: 'detached' });
		await page.getByRole('combobox', { name: 'Event type' }).selectOption('b');
		await rows.nth(1).waitFor({ state: 'detached' });
		expect(new URL(page.url()).search).toBe('?source=x&event_name=b');
		await page.reload();
		await rows.first().waitFor();
		expect(await rows.count()).toBe(1);
		await page.getByRole('button', { name: 'Show all' }).click();
		await rows.nth(2).waitFor();
	});

	it('stops asking when paused, and says so when the connection is lost', async () => {
		const meiro = await start();
		await page.goto(meiro.urls.monitor);
		const state = page.getByRole('status');
		await state.getByText('Live').waitFor();
		await page.getByRole('button', { name: 'Pause' }).click();
		expect(await state.innerText()).toBe('Paused');
		await meiro.close();
		await page.getByRole('button', { name: 'Pause' }).click();
		await state.getByText('Connection lost').waitFor();
	});

	it('fits a width of 400 px', async () => {
		const meiro = await start();
		await post(meiro, `/${'long'.repeat(20)}?event_name=${'name'.repeat(20)}`, {
			a: 'x'.repeat(500),
		});
		await page.setViewportSize({ width: 400, height: 800 });
		await page.goto(meiro.urls.monitor);
		await page.getByRole('button', { expanded: false }).click();
		const width = await page.evaluate('document.documentElement.scrollWidth');
		expect(width).toBe(400);
		const cut = `[...document.querySelectorAll('tbody :is(th, td):not(.wide)')]
			.filter((cell) => cell.scrollWidth > cell.clientWidth).length`;
		expect(await page.evaluate(cut)).toBe(0);
	});
});
