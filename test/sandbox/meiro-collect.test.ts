import { cleanUp, databaseFile, envelope, get, post, start } from './meiro-client';

const jana = { typeId: 'email', value: 'jana@shop.example' };

afterEach(cleanUp);

describe('a Meiro Pipes source', () => {
	it('takes one envelope or an array, and keeps each envelope whole', async () => {
		const meiro = await start();
		const one = envelope();
		const many = [envelope({ event_type: 'a' }), envelope({ event_type: 'b', extra: 1 })];
		const first = await post(meiro, '/collect/web-sdk', one);
		expect([first.status, first.data]).toEqual([200, { accepted: 1 }]);
		const second = await post(meiro, '/collect/web-sdk', many);
		expect([second.status, second.data]).toEqual([200, { accepted: 2 }]);
		expect(meiro.events()).toMatchObject([
			{ product: 'meiro_pipes', source: 'web-sdk', event_name: 'placed_order', body: one },
			{ event_name: 'a', body: many[0] },
			{ event_name: 'b', body: many[1] },
		]);
	});

	it.each([
		['no object', 7, 'JSON object'],
		['no event_type', envelope({ event_type: undefined }), 'event_type'],
		['an empty event_type', envelope({ event_type: '' }), 'event_type'],
		['a number as event_type', envelope({ event_type: 1 }), 'event_type'],
		['no event_time', envelope({ event_time: undefined }), 'event_time'],
		['seconds as event_time', envelope({ event_time: 1772360000 }), 'event_time'],
		[
			'an event_time without an offset',
			envelope({ event_time: '2026-03-01T10:15:30' }),
			'event_time',
		],
		['a date as event_time', envelope({ event_time: '2026-03-01' }), 'event_time'],
		['a day that is not', envelope({ event_time: '2026-02-30T10:15:30Z' }), 'event_time'],
		['an hour that is not', envelope({ event_time: '2026-03-01T24:15:30Z' }), 'event_time'],
		['no event_payload', envelope({ event_payload: undefined }), 'event_payload'],
		['text as event_payload', envelope({ event_payload: '{}' }), 'event_payload'],
		['an array as event_payload', envelope({ event_payload: [] }), 'event_payload'],
		['identifiers as an object', envelope({ identifiers: { email: 'a' } }), 'identifiers'],
		['an identifier without a type', envelope({ identifiers: [{ value: 'a' }] }), 'identifiers[0]'],
		[
			'an empty identifier',
			envelope({
				identifiers: [
					{ typeId: 'a', value: 'b' },
					{ typeId: 'email', value: '' },
				],
			}),
			'identifiers[1]',
		],
		['a number as value', envelope({ identifiers: [{ typeId: 'a', value: 1 }] }), 'identifiers[0]'],
	])('rejects an event with %s', async (_what, event, reason) => {
		const meiro = await start();
		const answer = await post(meiro, '/collect/s', event === 7 ? '[7]' : event);
		expect([answer.status, answer.data]).toEqual([
			400,
			{ accepted: 0, errors: [{ index: 0, message: expect.stringContaining(reason) }] },
		]);
		expect(meiro.count()).toBe(0);
	});

	it('stores the valid events of a request and names the others by position', async () => {
		const meiro = await start();
		const broken = envelope({ event_type: 7 });
		const good = [envelope({ event_type: 'a' }), envelope({ event_type: 'b' })];
		const answer = await post(meiro, '/collect/s', [broken, good[0], broken, good[1]]);
		expect([answer.status, answer.data]).toEqual([
			200,
			{
				accepted: 2,
				errors: [
					{ index: 0, message: expect.any(String) },
					{ index: 2, message: expect.any(String) },
				],
			},
		]);
		expect(meiro.events().map((event) => event.event_name)).toEqual(['a', 'b']);
	});

	it('rejects an unknown event type when the types are known', async () => {
		const meiro = await start({ eventTypes: ['placed_order'] });
		const events = [envelope(), envelope({ event_type: 'made_up' })];
		const { data } = await post(meiro, '/collect/s', events);
		expect(data.errors).toEqual([{ index: 1, message: "Unknown event_type 'made_up'" }]);
		expect(meiro.count()).toBe(1);
	});

	it('refuses an unknown slug with 404 and an empty array with 400', async () => {
		const meiro = await start({ pipesSources: ['known'] });
		expect((await post(meiro, '/collect/other', envelope())).status).toBe(404);
		expect((await post(meiro, '/collect/known', [])).status).toBe(400);
		expect((await post(meiro, '/collect/known', 'no JSON')).status).toBe(400);
		expect(meiro.count()).toBe(0);
		expect((await post(meiro, '/collect/known', envelope())).status).toBe(200);
	});

	it('answers with other statuses when these are assumed', async () => {
		const assumptions = { collectPartialStatus: 207, collectRejectedStatus: 422 };
		const meiro = await start({ assumptions });
		expect((await post(meiro, '/collect/s', [envelope(), {}])).status).toBe(207);
		expect((await post(meiro, '/collect/s', [{}])).status).toBe(422);
	});
});

describe('event types with a schema in Pipes', () => {
	const schema = {
		type: 'object',
		required: ['order', 'a/b~c'],
		properties: {
			order: { type: 'string' },
			items: { type: 'array', items: { type: 'object', required: ['sku'] } },
			'a/b~c': {},
		},
	};
	const eventTypeSchemas = { placed_order: schema };
	const right = { order: 'A-1', 'a/b~c': 0 };

	it('reject what does not fit, field by field, and take the rest of the request', async () => {
		const meiro = await start({ eventTypeSchemas });
		const answer = await post(meiro, '/collect/s', [
			envelope({ event_payload: { order: 7, items: [{ sku: 1 }, {}] } }),
			envelope({ event_payload: right }),
			envelope({ event_type: 'other', event_payload: { order: 7 } }),
			envelope({ event_time: 'x', event_payload: {} }),
		]);
		expect([answer.status, answer.data]).toEqual([
			200,
			{
				accepted: 2,
				errors: [
					{
						index: 0,
						message: expect.stringContaining('placed_order'),
						errors: expect.arrayContaining([
							{ path: '/order', message: 'must be string' },
							{ path: '/items/1/sku', message: 'is required' },
							{ path: '/a~1b~0c', message: 'is required' },
						]),
					},
					{ index: 3, message: expect.stringContaining('event_time') },
				],
			},
		]);
		expect(answer.data.errors[0].errors).toHaveLength(3);
		expect(meiro.events()).toMatchObject([
			{ body: { event_payload: right } },
			{ event_name: 'other' },
		]);
	});

	it('change nothing in what they take', async () => {
		const withDefault = { ...schema, properties: { n: { type: 'number', default: 1 } } };
		const meiro = await start({
			eventTypeSchemas: { placed_order: { ...withDefault, additionalProperties: true } },
		});
		const event = envelope({ event_payload: { ...right, extra: '1' } });
		await post(meiro, '/collect/s', event);
		expect(meiro.events()).toMatchObject([{ body: event }]);
		expect(meiro.events()[0]?.body).toEqual(event);
	});

	it('reject a request with nothing that fits with 400', async () => {
		const meiro = await start({ eventTypeSchemas });
		expect((await post(meiro, '/collect/s', envelope({ event_payload: {} }))).status).toBe(400);
	});

	it('must have a schema that is one', async () => {
		const eventTypeSchemas = { placed_order: { type: 'no_type' } };
		await expect(start({ eventTypeSchemas })).rejects.toThrow("'placed_order'");
	});
});

describe('deduplication in Pipes', () => {
	const phone = { typeId: 'phone', value: '+420600000001' };

	it.each([
		['the payload', envelope({ event_payload: { order: 'other' } })],
		['the spelling of the instant', envelope({ event_time: '2026-03-01T11:15:30.25+01:00' })],
		['a field beside', envelope({ note: 'again' })],
		['the time below a millisecond', envelope({ event_time: '2026-03-01T10:15:30.250999Z' })],
		['an identifier given twice', envelope({ identifiers: [jana, jana] })],
	])('skips an event silently that differs in %s only', async (_what, again) => {
		const meiro = await start();
		await post(meiro, '/collect/s', envelope());
		const answer = await post(meiro, '/collect/s', again);
		expect([answer.status, answer.data]).toEqual([200, { accepted: 1 }]);
		expect([meiro.count(), meiro.duplicatesSkipped()]).toEqual([1, 1]);
		expect(meiro.events()).toMatchObject([{ body: envelope() }]);
	});

	it.each([
		['type', envelope({ event_type: 'other' })],
		['time by a millisecond', envelope({ event_time: '2026-03-01T10:15:30.251Z' })],
		[
			'an identifier value',
			envelope({ identifiers: [{ typeId: 'email', value: 'eva@shop.example' }] }),
		],
		['an identifier type', envelope({ identifiers: [{ typeId: 'user_id', value: jana.value }] })],
		['one identifier more', envelope({ identifiers: [jana, phone] })],
	])('keeps an event that differs in %s', async (_what, other) => {
		const meiro = await start();
		await post(meiro, '/collect/s', [envelope(), other]);
		expect([meiro.count(), meiro.duplicatesSkipped()]).toEqual([2, 0]);
	});

	it('does not mind the order of the identifiers, nor the request they came in', async () => {
		const meiro = await start();
		const [one, two] = [
			[jana, phone],
			[phone, jana],
		].map((identifiers) => envelope({ identifiers }));
		await post(meiro, '/collect/s', [one, two, one]);
		await Promise.all([post(meiro, '/collect/s', one), post(meiro, '/collect/s', two)]);
		expect([meiro.count(), meiro.duplicatesSkipped()]).toEqual([1, 4]);
	});

	it.each([[undefined], [[]]])(
		'has type and time alone with identifiers %j, whatever the payload says',
		async (none) => {
			const meiro = await start();
			const of = (email: string) => envelope({ identifiers: none, event_payload: { email } });
			await post(meiro, '/collect/s', [of('jana@shop.example'), of('eva@shop.example')]);
			expect([meiro.count(), meiro.duplicatesSkipped()]).toEqual([1, 1]);
			await post(meiro, '/collect/s', envelope({ identifiers: [jana] }));
			expect(meiro.count()).toBe(2);
		},
	);

	it.each([
		['second', 1],
		['millisecond', 2],
		['microsecond', 3],
	] as const)('counts the time to the %s when that is assumed', async (precision, kept) => {
		const meiro = await start({ assumptions: { pipesTimePrecision: precision } });
		const times = ['30.250Z', '30.250001Z', '30.251Z', '30.2510004Z'];
		const events = times.map((end) => envelope({ event_time: `2026-03-01T10:15:${end}` }));
		await post(meiro, '/collect/s', events);
		expect([meiro.count(), meiro.duplicatesSkipped()]).toEqual([kept, 4 - kept]);
	});

	it('tells by source and type what it did not store', async () => {
		const meiro = await start();
		await post(meiro, '/collect/s', [envelope(), envelope(), envelope({ event_type: 'other' })]);
		const { data } = await get(`${meiro.url}/_sandbox/skipped`);
		expect(data).toEqual([
			{ product: 'meiro_pipes', source: 's', event_name: 'placed_order', count: 1 },
		]);
		expect(meiro.duplicatesSkipped({ source: 's', eventName: 'placed_order' })).toBe(1);
		expect(meiro.duplicatesSkipped({ source: 't' })).toBe(0);
	});

	it('knows an event again after a restart', async () => {
		const file = databaseFile();
		const before = await start({ databaseFile: file });
		await post(before, '/collect/s', envelope());
		await before.close();
		const after = await start({ databaseFile: file });
		await post(after, '/collect/s', envelope());
		expect([after.count(), after.duplicatesSkipped()]).toEqual([1, 1]);
	});
});

describe('a Meiro Pipes source with a transform', () => {
	const transforms = {
		shop: `function transform(payload, headers) {
			if (headers['x-secret'] !== 'open') throw new Error('closed');
			return payload.map((one) => ({
				event_type: one.name,
				event_time: '2031-02-03T04:05:06Z',
				event_payload: one,
			}));
		}`,
	};
	const json = { 'content-type': 'application/json' };

	it('takes the events that the transform returns, and finds the people by rules alone', async () => {
		const meiro = await start({ transforms });
		const person = (email: string) => ({ name: 'a', profile: { email } });
		const body = [person('jana@shop.example'), person('petr@shop.example')];
		const headers = { ...json, 'x-secret': 'open' };
		expect((await post(meiro, '/collect/shop', body, headers)).status).toBe(200);
		expect((await post(meiro, '/collect/shop', body, headers)).status).toBe(200);
		expect([meiro.count(), meiro.duplicatesSkipped()]).toEqual([2, 2]);
	});

	it('refuses with 400 what the transform throws at', async () => {
		const meiro = await start({ transforms });
		const { status, data } = await post(meiro, '/collect/shop', [], json);
		expect([status, data]).toEqual([400, { message: 'transform: closed' }]);
		expect(meiro.count()).toBe(0);
	});
});
