import { createHash } from 'node:crypto';
import type { CdpOptions } from '../../sandbox/meiro';
import { call, cleanUp, customerEvent, get, logIn, post, start } from './meiro-client';

afterEach(cleanUp);

const hour = 3_600_000;
const user = { email: 'n8n@shop.example', password: 'stand-in' };

/** A clock that the test moves. */
function createClock(at = Date.UTC(2026, 2, 1)) {
	let time = at;
	return { now: () => time, pass: (ms: number) => (time += ms) };
}

describe('logging in to the CDP', () => {
	it('gives a token that opens the API', async () => {
		const meiro = await start();
		const login = await call(meiro.cdp, 'POST', '/users/login', { body: user });
		expect([login.status, login.data]).toEqual([200, { token: expect.any(String) }]);
		const headers = { 'X-Access-Token': login.data.token as string };
		expect((await call(meiro.cdp, 'GET', '/events', { headers })).status).toBe(200);
		expect(meiro.cdp.logins()).toBe(1);
	});

	it.each([
		['another password', { ...user, password: 'x' }],
		['another address', { ...user, email: 'x@shop.example' }],
		['no password', { email: user.email }],
	])('refuses %s with 401 and counts no login', async (_what, body) => {
		const meiro = await start();
		const { status, data } = await call(meiro.cdp, 'POST', '/users/login', { body });
		expect([status, data]).toEqual([401, { message: 'Invalid credentials have been provided' }]);
		expect(meiro.cdp.logins()).toBe(0);
	});

	it('lets a token live 8 hours', async () => {
		const clock = createClock();
		const meiro = await start({ cdp: { now: clock.now } });
		const { api } = await logIn(meiro);
		clock.pass(8 * hour - 1);
		expect((await api('GET', '/events')).status).toBe(200);
		clock.pass(1);
		const { status, data } = await api('GET', '/events');
		expect([status, data]).toEqual([401, { message: expect.any(String) }]);
	});

	it('refreshes a token at most 4 hours after it ended', async () => {
		const clock = createClock();
		const meiro = await start({ cdp: { now: clock.now } });
		const { token } = await logIn(meiro);
		const refresh = async () => await call(meiro.cdp, 'PATCH', '/users/login', { body: { token } });
		clock.pass(12 * hour);
		const { status, data } = await refresh();
		expect([status, data]).toEqual([200, { token: expect.any(String) }]);
		expect(data.token).not.toBe(token);
		const headers = { 'X-Access-Token': data.token as string };
		expect((await call(meiro.cdp, 'GET', '/events', { headers })).status).toBe(200);
		clock.pass(1);
		const late = await refresh();
		expect([late.status, late.data]).toEqual([401, { message: 'Token is too old for refresh' }]);
		expect([meiro.cdp.logins(), meiro.cdp.refreshes()]).toEqual([1, 1]);
	});

	it('keeps the refreshed token alive unless it is assumed to end', async () => {
		for (const refreshEndsOldToken of [false, true]) {
			const meiro = await start({ cdp: { assumptions: { refreshEndsOldToken } } });
			const { token, api } = await logIn(meiro);
			await call(meiro.cdp, 'PATCH', '/users/login', { body: { token } });
			expect((await api('GET', '/events')).status).toBe(refreshEndsOldToken ? 401 : 200);
		}
	});

	it('ends a token that logged out', async () => {
		const meiro = await start();
		const { token, api } = await logIn(meiro);
		const { status, data } = await call(meiro.cdp, 'DELETE', '/users/login', { body: { token } });
		expect([status, data]).toEqual([200, { message: 'Successfully logged-out' }]);
		expect((await api('GET', '/events')).status).toBe(401);
	});

	it('ends all tokens at once when it is told to, so that a caller must log in again', async () => {
		const meiro = await start();
		const [one, two] = [await logIn(meiro), await logIn(meiro)];
		meiro.cdp.expireTokens();
		expect((await one.api('GET', '/events')).status).toBe(401);
		expect((await two.api('GET', '/events')).status).toBe(401);
		expect((await (await logIn(meiro)).api('GET', '/events')).status).toBe(200);
		expect(meiro.cdp.logins()).toBe(3);
	});

	it('ends tokens long ago when a refresh shall come too late', async () => {
		const meiro = await start();
		const { token } = await logIn(meiro);
		meiro.cdp.expireTokens(4 * hour + 1000);
		const { status } = await call(meiro.cdp, 'PATCH', '/users/login', { body: { token } });
		expect(status).toBe(401);
	});
});

describe('access to the CDP', () => {
	const guarded = [
		['POST', '/customer_events/', 'customer_events/create'],
		['POST', '/customer_events/async', 'customer_events/create'],
		['GET', '/customer_events/async/1', 'customer_events/create'],
		['POST', '/events', 'settings/cdp_entities'],
		['POST', '/customers/sources', 'settings/cdp_entities'],
		['GET', '/events', 'settings/cdp_entities'],
		['GET', '/customers/sources', 'settings/cdp_entities'],
		['GET', '/attributes', 'settings/cdp_entities'],
		['GET', '/customers/1/attributes', 'customers/detail'],
		['GET', '/customers/1/attributes/2', 'customers/detail'],
	] as const;

	it.each(guarded)('%s %s asks for a token', async (method, path) => {
		const meiro = await start();
		for (const headers of [undefined, { 'X-Access-Token': 'made-up' }]) {
			const { status, data } = await call(meiro.cdp, method, path, { headers });
			expect([status, data]).toEqual([401, { message: expect.any(String) }]);
		}
	});

	it.each(guarded)('%s %s asks for the feature %s', async (method, path, feature) => {
		const users = [{ ...user, features: ['reports/edit'] }];
		const meiro = await start({ cdp: { users } });
		const { status, data } = await (await logIn(meiro)).api(method, path);
		expect([status, data]).toEqual([403, { message: expect.stringContaining(feature) }]);
	});

	it('comes before the body: one that is no JSON is told of last', async () => {
		const meiro = await start();
		const { token } = await logIn(meiro);
		const send = async (headers: Record<string, string>) =>
			await post(meiro, '/api/customer_events/', 'no JSON', headers);
		expect((await send({})).status).toBe(401);
		const { status, data } = await send({ 'X-Access-Token': token });
		expect([status, data]).toEqual([400, { message: 'The body is not JSON' }]);
		expect((await post(meiro, '/api/users/login', 'no JSON')).data).toEqual(data);
	});

	it('gives users without features of their own those of the option', async () => {
		const users = [
			user,
			{ email: 'b@shop.example', password: 'b', features: ['customers/detail'] },
		];
		const meiro = await start({ cdp: { users, features: ['customer_events/create'] } });
		const [one, two] = [await logIn(meiro), await logIn(meiro, users[1])];
		const body = { customer_events: [customerEvent()] };
		expect((await one.api('POST', '/customer_events/', { body })).status).toBe(201);
		expect((await one.api('GET', '/events')).status).toBe(403);
		expect((await two.api('POST', '/customer_events/', { body })).status).toBe(403);
		expect((await two.api('GET', '/events')).status).toBe(200);
	});
});

describe('creating customer events', () => {
	async function create(events: unknown, options: CdpOptions = {}) {
		const meiro = await start({ cdp: options });
		const { api } = await logIn(meiro);
		const body = { customer_events: events };
		return { meiro, ...(await api('POST', '/customer_events/', { body })) };
	}

	it('answers 201 with each of them and stores it', async () => {
		const now = () => Date.UTC(2026, 2, 2, 9, 35, 25, 949);
		const eventTypes = [{ source_id: 'bank_app', type: 'app_transaction', version: '1-0-0' }];
		const of = (user_identifier: string, event_time: string) =>
			customerEvent({
				...{ source_id: 'bank_app', type: 'app_transaction', user_identifier, event_time },
			});
		const events = [of('a', '2022-08-01T13:12:00Z'), of('b', '2026-03-01 10:15:30.25')];
		const { meiro, status, data } = await create(events, { now, eventTypes });
		const stored = {
			payload: '{"order":"A-1"}',
			type: 'app_transaction',
			version: '1-0-0',
			created: '2026-03-02 09:35:25.949000',
			source_id: 'bank_app',
			// Time, user and both ids are the documented example's.
			event_time: '2022-08-01 13:12:00',
			id: '940a3fc506470ca2f702db546ede3953',
			event_id: '870bcfd3-abf0-f6a7-0b2f-577d3997dc21',
			user_identifier: 'a',
		};
		const second = {
			...stored,
			event_time: '2026-03-01 10:15:30',
			id: createHash('md5')
				.update('2026-03-01T10:15:30.250000Zbank_appapp_transactionb')
				.digest('hex'),
			user_identifier: 'b',
		};
		expect([status, data]).toEqual([201, { count: 2, customer_events: [stored, second] }]);
		expect(meiro.cdp.customerEvents()).toEqual(data.customer_events);
	});

	it('shows them among all events that arrived', async () => {
		const { meiro } = await create([customerEvent()]);
		await post(meiro, '/s?event_name=a', {});
		const [stored] = meiro.cdp.customerEvents();
		expect(meiro.events({ product: 'meiro_cdp' })).toMatchObject([
			{ product: 'meiro_cdp', source: 'klaviyo', event_name: 'placed_order', body: stored },
		]);
		const { data } = await get(`${meiro.urls.events}?product=meiro_cdp`);
		expect(data).toEqual(meiro.events({ product: 'meiro_cdp' }));
		expect((await get(`${meiro.urls.events}?product=made_up`)).status).toBe(400);
		expect(meiro.count()).toBe(2);
		expect(meiro.requests()).toMatchObject([{ event_count: 0 }, { event_count: 1 }, {}]);
	});

	it.each([
		['no source_id', { source_id: undefined }, 'source_id'],
		['an empty type', { type: '' }, 'type'],
		['a number as version', { version: 1 }, 'version'],
		['no user_identifier', { user_identifier: null }, 'user_identifier'],
		['a date as event_time', { event_time: '2026-03-01' }, 'event_time'],
		['a day that is not', { event_time: '2026-02-30 10:00:00' }, 'event_time'],
		['an array as payload', { payload: [] }, 'payload'],
		['text as payload that is no JSON', { payload: 'x' }, 'payload'],
		['JSON text as payload that is no object', { payload: '[1]' }, 'payload'],
		['a type that does not exist', { type: 'made_up' }, 'made_up'],
		['a version that does not exist', { version: '2-0-0' }, '2-0-0'],
	])('refuses a request with %s, and stores none of it', async (_what, change, reason) => {
		const { meiro, status, data } = await create([customerEvent(), customerEvent(change)]);
		expect([status, data]).toEqual([400, { message: expect.stringContaining(reason) }]);
		expect(data.message).toContain('customer_events[1]');
		expect(meiro.count()).toBe(0);
	});

	it.each([[undefined], [{}], ['x']])('refuses customer_events %j', async (events) => {
		expect(await create(events)).toMatchObject({ status: 400 });
	});

	it.each([
		['2026-03-01 10:15:30', '2026-03-01 10:15:30'],
		['2026-03-01T10:15:30.999Z', '2026-03-01 10:15:30'],
		['2026-03-01T00:15:30+02:00', '2026-02-28 22:15:30'],
		['1969-12-31T23:59:59.5Z', '1969-12-31 23:59:59'],
	])('keeps the event_time %s as %s', async (event_time, kept) => {
		const { meiro } = await create([customerEvent({ event_time })]);
		expect(meiro.cdp.customerEvents()).toMatchObject([{ event_time: kept }]);
	});

	it('keeps a payload that is text as it is', async () => {
		const { meiro } = await create([customerEvent({ payload: '{ "a": 1.0 }' })]);
		expect(meiro.cdp.customerEvents()).toMatchObject([{ payload: '{ "a": 1.0 }' }]);
	});

	it('can be read by source, by type and up to a limit', async () => {
		const other = customerEvent({ type: 'profile_updated' });
		const { meiro } = await create([customerEvent(), other, other]);
		const types = (filter: object) => meiro.cdp.customerEvents(filter).map(({ type }) => type);
		expect(types({ type: 'placed_order' })).toEqual(['placed_order']);
		expect(types({ source_id: 'x' })).toEqual([]);
		expect(types({ limit: 2 })).toEqual(['placed_order', 'profile_updated']);
	});

	describe('under another assumption', () => {
		const invalid = [customerEvent({ type: 'made_up' }), customerEvent()];

		it('takes only the payload form that it names', async () => {
			for (const payloadForm of ['string', 'object'] as const) {
				const assumptions = { payloadForm };
				const text = await create([customerEvent({ payload: '{}' })], { assumptions });
				const object = await create([customerEvent()], { assumptions });
				expect([text.status, object.status]).toEqual(
					payloadForm === 'string' ? [201, 400] : [400, 201],
				);
			}
		});

		it('takes only the spelling of event_time that it names', async () => {
			for (const eventTimeForm of ['iso', 'plain'] as const) {
				const assumptions = { eventTimeForm };
				const iso = await create([customerEvent()], { assumptions });
				const event_time = '2026-03-01 10:15:30';
				const plain = await create([customerEvent({ event_time })], { assumptions });
				expect([iso.status, plain.status]).toEqual(
					eventTimeForm === 'iso' ? [201, 400] : [400, 201],
				);
			}
		});

		it('takes events whose type does not exist, or refuses them with another status', async () => {
			const taken = await create(invalid, { assumptions: { unknownEventTypeStatus: null } });
			expect([taken.status, taken.data.count]).toEqual([201, 2]);
			const refused = await create(invalid, { assumptions: { unknownEventTypeStatus: 422 } });
			expect(refused.status).toBe(422);
		});

		it('leaves invalid events out and takes the others', async () => {
			const { meiro, status, data } = await create(invalid, {
				assumptions: { invalidCustomerEvents: 'skip' },
			});
			expect([status, data.count, meiro.cdp.customerEvents().length]).toEqual([201, 1, 1]);
		});

		it('refuses more events than its limit', async () => {
			const assumptions = { customerEventsLimit: 2 };
			const event = customerEvent();
			expect((await create([event, event], { assumptions })).status).toBe(201);
			expect((await create([event, event, event], { assumptions })).status).toBe(413);
		});

		it('cuts the time in the id to the second when that is assumed', async () => {
			const events = [
				customerEvent({ event_time: '2026-03-01T10:15:30.250Z' }),
				customerEvent({ event_time: '2026-03-01T10:15:30.750Z' }),
			];
			const { meiro } = await create(events, { assumptions: { eventTimePrecision: 'second' } });
			expect([meiro.count(), meiro.duplicatesSkipped()]).toEqual([1, 1]);
		});

		it('refuses a request with an event that it has when that is assumed', async () => {
			const assumptions = { existingCustomerEventStatus: 409 };
			const { meiro } = await create([customerEvent()], { assumptions });
			const { api } = await logIn(meiro);
			const send = async (...customer_events: unknown[]) =>
				(await api('POST', '/customer_events/', { body: { customer_events } })).status;
			const other = customerEvent({ user_identifier: 'petr' });
			expect(await send(other, customerEvent())).toBe(409);
			expect(await send(other, other)).toBe(409);
			expect(meiro.count()).toBe(1);
			expect(await send(other)).toBe(201);
		});
	});

	it.each([
		['the payload', { payload: { order: 'other' } }, 1],
		['the version', { version: '2-0-0' }, 1],
		['the spelling of the time', { event_time: '2026-03-01 10:15:30' }, 1],
		['the time below a microsecond', { event_time: '2026-03-01T10:15:30.0000009Z' }, 1],
		['the time by a microsecond', { event_time: '2026-03-01T10:15:30.000001Z' }, 2],
		['the person', { user_identifier: 'petr' }, 2],
		['the type', { type: 'refunded_order' }, 2],
	])('has one id for two that differ in %s, or not: %j are %i', async (_what, change, kept) => {
		const assumptions = { unknownEventTypeStatus: null };
		const events = [customerEvent(), customerEvent(change)];
		const { meiro, status, data } = await create(events, { assumptions });
		const ids = (data.customer_events as Array<{ id: string }>).map(({ id }) => id);
		expect([status, data.count, new Set(ids).size]).toEqual([201, 2, kept]);
		// The first stays; the other is taken with 201 and stored by nobody.
		expect(meiro.cdp.customerEvents()).toHaveLength(kept);
		expect(meiro.duplicatesSkipped({ product: 'meiro_cdp' })).toBe(2 - kept);
	});
});
