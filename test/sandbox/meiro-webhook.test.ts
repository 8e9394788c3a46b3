import { cleanUp, post, start } from './meiro-client';

afterEach(cleanUp);

describe('a Meiro Events webhook source', () => {
	it('stores the object under its source and event name, and answers 200 {}', async () => {
		const meiro = await start();
		const body = { event_id: 'e1', name: 'Žofie 🎂', nested: { list: [1, null, true] } };
		const answer = await post(meiro, '/klaviyo?event_name=birthday_due', body);
		expect([answer.status, answer.data]).toEqual([200, {}]);
		expect(meiro.events()).toEqual([
			{
				received_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
				product: 'meiro_events',
				source: 'klaviyo',
				event_name: 'birthday_due',
				body,
			},
		]);
	});

	it('keeps the same event twice: nothing documents that it would not', async () => {
		const meiro = await start();
		await post(meiro, '/klaviyo?event_name=a', { event_id: 'e1' });
		await post(meiro, '/klaviyo?event_name=a', { event_id: 'e1' });
		expect([meiro.count(), meiro.duplicatesSkipped()]).toEqual([2, 0]);
	});

	it('reads JSON whatever the content type says, or does not say', async () => {
		const meiro = await start();
		const types = ['text/plain; charset=utf-8', 'application/octet-stream'];
		for (const type of types) {
			const answer = await post(meiro, '/s?event_name=a', '{"a":1}', { 'content-type': type });
			expect(answer.status).toBe(200);
		}
		const body = Buffer.from('{"a":1}');
		const unnamed = await fetch(`${meiro.url}/s?event_name=a`, { method: 'POST', body });
		expect(unnamed.status).toBe(200);
		expect(meiro.requests().at(-1)?.headers).not.toHaveProperty('content-type');
		expect(meiro.count()).toBe(3);
	});

	it('decodes source and event name', async () => {
		const meiro = await start({ sources: ['my shop/CZ'] });
		const source = encodeURIComponent('my shop/CZ');
		const name = encodeURIComponent('a&b=č');
		expect((await post(meiro, `/${source}?event_name=${name}`, {})).status).toBe(200);
		expect(meiro.events()).toMatchObject([{ source: 'my shop/CZ', event_name: 'a&b=č' }]);
	});

	it('keeps keys that mean something to JavaScript as plain data', async () => {
		const meiro = await start();
		const text = '{"__proto__":{"admin":true},"constructor":1}';
		expect((await post(meiro, '/s?event_name=a', text)).status).toBe(200);
		expect(JSON.stringify(meiro.events()[0]?.body)).toBe(text);
		expect({}).not.toHaveProperty('admin');
	});

	it.each(['/s', '/s?event_name=', '/s?name=a', '/s?event_name=a&event_name=b'])(
		'refuses %s with 400: it does not name one event',
		async (path) => {
			const meiro = await start();
			const answer = await post(meiro, path, {});
			expect([answer.status, answer.data.message]).toEqual([
				400,
				expect.stringContaining('event_name'),
			]);
			expect(meiro.count()).toBe(0);
		},
	);

	it.each([
		['an array', '[{"a":1}]'],
		['a string', '"text"'],
		['null', 'null'],
		['half an object', '{"a":'],
		['form data', 'a=1&b=2'],
		['nothing', ''],
		['bytes that are not UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
		['an object too deep to be written', `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`],
	])('refuses %s as a body with 400', async (_what, body) => {
		const meiro = await start();
		const answer = await post(meiro, '/s?event_name=a', body);
		expect([answer.status, typeof answer.data.message]).toEqual([400, 'string']);
		expect(meiro.count()).toBe(0);
	});

	it('refuses an unknown source with 404 when the sources are known, letter case included', async () => {
		const meiro = await start({ sources: ['klaviyo'] });
		for (const path of ['/Klaviyo', '/other', '/klaviyo/', '/klaviyo/deeper']) {
			expect((await post(meiro, `${path}?event_name=a`, {})).status).toBe(404);
		}
		expect((await post(meiro, '/klaviyo?event_name=a', {})).status).toBe(200);
		expect(meiro.count()).toBe(1);
	});

	it.each(['/', '/collect', '/app', '/_sandbox', '/app?x=1'])(
		'does not take %s for a source',
		async (path) => {
			const meiro = await start();
			const separator = path.includes('?') ? '&' : '?';
			expect((await post(meiro, `${path}${separator}event_name=a`, {})).status).toBe(404);
			expect(meiro.count()).toBe(0);
		},
	);

	it('takes bodies up to 16 MiB and refuses larger ones with 413', async () => {
		const meiro = await start();
		const ofSize = (bytes: number) => `{"a":"${'x'.repeat(bytes - 8)}"}`;
		const limit = 16 * 1024 * 1024;
		expect((await post(meiro, '/s?event_name=a', ofSize(limit))).status).toBe(200);
		expect((await post(meiro, '/s?event_name=a', ofSize(limit + 1))).status).toBe(413);
		expect(meiro.count()).toBe(1);
	});

	it('lets what is assumed be set otherwise', async () => {
		const meiro = await start({
			assumptions: {
				webhookArrays: true,
				webhookAnswer: { status: 202, body: { ok: true } },
				bodyLimitBytes: 100,
			},
		});
		const answer = await post(meiro, '/s?event_name=a', [{ n: 1 }, { n: 2 }]);
		expect([answer.status, answer.data]).toEqual([202, { ok: true }]);
		expect(meiro.events()).toMatchObject([{ body: { n: 1 } }, { body: { n: 2 } }]);
		expect((await post(meiro, '/s?event_name=a', [{ n: 1 }, 2])).status).toBe(400);
		expect((await post(meiro, '/s?event_name=a', [])).status).toBe(400);
		expect((await post(meiro, '/s?event_name=a', { a: 'x'.repeat(100) })).status).toBe(413);
		expect(meiro.count()).toBe(2);
	});
});
