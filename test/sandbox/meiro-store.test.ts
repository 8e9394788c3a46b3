import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { openStore, type NewEvent } from '../../sandbox/meiro/store';
import { cleanUp, databaseFile, get, post, start, startCli } from './meiro-client';

afterEach(cleanUp);

const event = (change: Partial<NewEvent> = {}): NewEvent => ({
	product: 'meiro_events',
	source: 's',
	type: 'a',
	time: null,
	payload: '{}',
	dedupKey: null,
	...change,
});

describe('what was answered with 2xx', () => {
	it('survives a kill of the process in the middle of its work', async () => {
		const file = databaseFile();
		const first = startCli('--port', '0', '--database', file);
		const url = await first.ready;
		const acknowledged: number[] = [];
		let next = 0;
		const sendOn = async (): Promise<void> => {
			for (;;) {
				const n = next++;
				const answer = await post({ url }, '/s?event_name=a', { n });
				if (answer.status === 200) acknowledged.push(n);
				if (acknowledged.length === 300) first.process.kill('SIGKILL');
			}
		};
		await Promise.allSettled(Array.from({ length: 8 }, sendOn));
		expect((await first.ended).code).toBeNull();

		const meiro = await start({ databaseFile: file });
		const stored = new Set(meiro.events().map(({ body }) => (body as { n: number }).n));
		expect(acknowledged.length).toBeGreaterThanOrEqual(300);
		expect(acknowledged.filter((n) => !stored.has(n))).toEqual([]);
		expect(stored.size).toBe(meiro.count());
		expect((await post(meiro, '/s?event_name=a', { n: next })).status).toBe(200);
	});

	it('is there before the answer is', async () => {
		const meiro = await start();
		const sending = Array.from({ length: 50 }, async (_, n) => {
			await post(meiro, '/s?event_name=a', { n });
			return meiro.events().some(({ body }) => (body as { n: number }).n === n);
		});
		expect(await Promise.all(sending)).toEqual(sending.map(() => true));
	});
});

describe('the database file', () => {
	it('keeps events for the next start', async () => {
		const file = databaseFile();
		const before = await start({ databaseFile: file });
		await post(before, '/s?event_name=a', { n: 1 });
		const events = before.events();
		await before.close();
		const after = await start({ databaseFile: file });
		expect(after.events()).toEqual(events);
		expect(after.count()).toBe(1);
	});

	it('is removed on close when it is a temporary one', async () => {
		const cli = startCli('--port', '0');
		await cli.ready;
		const made = () =>
			readdirSync(cli.temporaryFolder).filter((name) => name.startsWith('meiro-stand-in-'));
		expect(made()).toHaveLength(1);
		cli.process.kill('SIGTERM');
		await cli.ended;
		expect(made()).toEqual([]);
	});

	it('is refused while it is in use, here or in another process', async () => {
		const file = databaseFile();
		const here = await start({ databaseFile: file });
		await expect(start({ databaseFile: file })).rejects.toThrow('in use by process');
		await here.close();
		const other = startCli('--port', '0', '--database', file);
		await other.ready;
		await expect(start({ databaseFile: file })).rejects.toThrow(`in use by process`);
	});

	it('opens though a killed process left its lock behind', async () => {
		const file = databaseFile();
		mkdirSync(`${file}.lock`);
		writeFileSync(`${file}.owner`, String(2 ** 30));
		const meiro = await start({ databaseFile: file });
		expect((await post(meiro, '/s?event_name=a', {})).status).toBe(200);
	});

	it('is refused when it is no database, and not held on to', async () => {
		const file = databaseFile();
		writeFileSync(file, 'plain text, and long enough to be read as a header'.repeat(20));
		await expect(start({ databaseFile: file })).rejects.toThrow('not a database');
		expect(existsSync(`${file}.owner`)).toBe(false);
	});

	it('stores all of a transaction or nothing', async () => {
		const store = openStore();
		const broken = event({ type: null as unknown as string });
		const both = [store.append([event()]), store.append([event(), broken])];
		expect((await Promise.allSettled(both)).map(({ status }) => status)).toEqual([
			'rejected',
			'rejected',
		]);
		expect([store.count(), store.list()]).toEqual([0, []]);
		await store.append([event()]);
		expect(store.list()).toHaveLength(1);
		store.close();
	});

	it('stamps arrivals in order even when the clock is set back', async () => {
		const times = [5000, 1000, 9000];
		const store = openStore(undefined, () => times.shift() ?? 0);
		for (let n = 0; n < 3; n += 1) await store.append([event()]);
		const stamps = store.list().map(({ received_at }) => Date.parse(received_at));
		expect(stamps).toEqual([5000, 5000, 9000]);
		store.close();
	});
});

describe('reading what arrived', () => {
	it('filters by time, source, event name and number, in code and over HTTP alike', async () => {
		const file = databaseFile();
		const store = openStore(file, () => Date.parse('2026-03-01T10:00:00.000Z'));
		await store.append([event(), event({ source: 'other' }), event({ type: 'b' })]);
		store.close();
		const meiro = await start({ databaseFile: file });
		await post(meiro, '/s?event_name=b', { late: true });

		const filters: Array<[Record<string, string>, Parameters<typeof meiro.events>[0], number]> = [
			[{}, {}, 4],
			[{ source: 'other' }, { source: 'other' }, 1],
			[{ event_name: 'b' }, { eventName: 'b' }, 2],
			[{ since: '2026-03-01T10:00:00Z' }, { since: '2026-03-01T10:00:00Z' }, 4],
			[{ since: '2026-03-01T11:00:00.001+01:00' }, { since: '2026-03-01T10:00:00.001Z' }, 1],
			[{ limit: '2' }, { limit: 2 }, 2],
			[{ source: 's', event_name: 'b', limit: '1' }, { source: 's', eventName: 'b', limit: 1 }, 1],
		];
		for (const [query, filter, expected] of filters) {
			const { data } = await get(`${meiro.urls.events}?${new URLSearchParams(query).toString()}`);
			expect(data).toHaveLength(expected);
			expect(data).toEqual(meiro.events(filter));
		}
		expect(meiro.events().at(-1)?.body).toEqual({ late: true });
	});

	it.each(['since=yesterday', 'limit=-1', 'limit=x', 'source=a&source=b'])(
		'refuses the filter %s with 400',
		async (query) => {
			const meiro = await start();
			expect((await get(`${meiro.urls.events}?${query}`)).status).toBe(400);
		},
	);
});

describe('waiting for events', () => {
	it('ends with the event that makes the number up, and at once when it is there', async () => {
		const meiro = await start();
		let isDone = false;
		const waiting = meiro.waitForEvents(2, 5000).finally(() => (isDone = true));
		await post(meiro, '/s?event_name=a', {});
		expect(isDone).toBe(false);
		await post(meiro, '/s?event_name=b', {});
		expect((await waiting).map(({ event_name }) => event_name)).toEqual(['a', 'b']);
		expect(await meiro.waitForEvents(1, 0)).toHaveLength(2);
	});

	it('tells how many arrived when time is up', async () => {
		const meiro = await start();
		await post(meiro, '/s?event_name=a', {});
		const message = '1 of 3 events arrived within 20 ms';
		await expect(meiro.waitForEvents(3, 20)).rejects.toThrow(message);
	});

	it('ends with the stand-in', async () => {
		const meiro = await start();
		const waiting = expect(meiro.waitForEvents(1, 60_000)).rejects.toThrow('0 of 1 events');
		await meiro.close();
		await waiting;
	});
});
