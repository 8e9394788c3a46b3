// The Meiro stand-in's monitoring page as people see it: narrow and wide, light and dark.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import axe, { type AxeResults } from 'axe-core';
import type { Browser, Page } from 'playwright-core';

import { openBrowser } from '../../sandbox/editor/browser';
import { startMeiro, type MeiroStandIn } from '../../sandbox/meiro';
import { envelope, post } from '../sandbox/meiro-client';

const PICTURES = join(__dirname, '../../reports');

let browser: Browser;
let meiro: MeiroStandIn;

beforeAll(async () => {
	mkdirSync(PICTURES, { recursive: true });
	browser = await openBrowser();
	meiro = await startMeiro();
	for (let sent = 0; sent < 12; sent++) {
		const event = { event_name: 'winback_due', profile: { email: `person-${sent}@shop.example` } };
		await post(meiro, '/klaviyo?event_name=winback_due', event);
	}
	// One name that has no place to break, as no shop would choose it.
	await post(meiro, `/${'source'.repeat(12)}?event_name=${'name'.repeat(20)}`, {
		text: 'x'.repeat(800),
	});
	await post(meiro, '/collect/shop', [envelope(), envelope({ event_type: 'cart_abandoned' })]);
});

afterAll(async () => {
	await browser?.close();
	await meiro?.close();
});

const views = [1280, 400].flatMap((width) =>
	(['light', 'dark'] as const).map((colorScheme) => ({ width, colorScheme })),
);

describe.each(views)('at $width px, $colorScheme', ({ width, colorScheme }) => {
	let page: Page;

	beforeAll(async () => {
		page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
		await page.goto(meiro.urls.monitor);
		await page.locator('tr.event').first().waitFor();
		await page.getByRole('button', { expanded: false }).first().click();
		await page.locator('pre:visible').waitFor();
	});

	afterAll(async () => {
		await page?.screenshot({
			path: join(PICTURES, `monitor-${width}-${colorScheme}.png`),
			fullPage: true,
		});
		await page?.close();
	});

	it('has nothing that axe objects to', async () => {
		await page.evaluate(axe.source);
		const { violations, passes } = (await page.evaluate('axe.run()')) as AxeResults;
		expect(
			violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`),
		).toEqual([]);
		expect(passes.length).toBeGreaterThan(10);
	});

	it('fits the width', async () => {
		expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
	});
});

it('draws arrivals as they come, and tells them in words', async () => {
	const quiet = await startMeiro();
	const page = await browser.newPage();
	await page.goto(quiet.urls.monitor);
	const chart = page.getByRole('img', { name: 'Events per second in the last 2 minutes' });
	const description = page.locator('#chart-description');
	await page.getByRole('status').getByText('Live').waitFor();
	expect(await description.textContent()).toContain('0 events in 120 seconds');
	const barsHeight = async () =>
		await chart.evaluate((svg) => (svg.querySelector('path') as unknown as Bars).getBBox().height);
	expect(await barsHeight()).toBe(0);

	// All of one request are stored at once, so the busiest second has all of them.
	const burst = Array.from({ length: 500 }, (_, at) =>
		envelope({ event_time: new Date(at).toISOString() }),
	);
	await post(quiet, '/collect/burst', burst);
	await page.getByText(/^Now \d+ per second, peak 500$/).waitFor();
	expect(await description.textContent()).toMatch(
		/^500 events in 120 seconds: .* 500 in the busiest second\.$/,
	);
	// As high as the drawing.
	expect(await barsHeight()).toBe(32);
	await page.close();
	await quiet.close();
});

/** What the drawing's path is in the browser; the tests have no DOM types. */
interface Bars {
	getBBox(): { height: number };
}
