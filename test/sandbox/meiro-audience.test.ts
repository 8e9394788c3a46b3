import type { AudienceOptions } from '../../sandbox/meiro';
import { call, cleanUp, logIn, start } from './meiro-client';

afterEach(cleanUp);

const people = [
	{
		customer_entity_id: '0000000071e3908f5aaaf022aa842b45',
		modified: '2026-01-01 00:00:00',
		attributes: { ps_email_address: ['jana@shop.example', 'jana@work.example'], points: 7 },
		segments: [42],
	},
	{ customer_entity_id: '02', attributes: { ps_email_address: 'petr@shop.example' } },
];

async function ask(query: string, audience: AudienceOptions = { people }) {
	const meiro = await start({ audience });
	const { status, data } = await call(meiro, 'GET', `/wbs?${query}`);
	return [status, data];
}

const jana = 'attribute=ps_email_address&value=jana%40work.example';

describe('the Audience API', () => {
	it('answers 200 with attributes, as lists, when the person is in the segment', async () => {
		expect(await ask(`${jana}&segment=42`)).toEqual([
			200,
			{
				status: 'ok',
				client_ip: '127.0.0.1',
				data: null,
				customer_entity_id: '0000000071e3908f5aaaf022aa842b45',
				returned_attributes: {
					customer_entity_id: '0000000071e3908f5aaaf022aa842b45',
					modified: '2026-01-01 00:00:00',
					ps_email_address: ['jana@shop.example', 'jana@work.example'],
					points: [7],
				},
			},
		]);
	});

	it.each([
		['is not in the segment', `${jana}&segment=7`, 'customer not in segment'],
		[
			'has no segment at all',
			'attribute=ps_email_address&value=petr%40shop.example&segment=42',
			'customer not in segment',
		],
		['is unknown', 'attribute=ps_email_address&value=x&segment=42', 'customer not found'],
		['has no such attribute', 'attribute=constructor&value=x&segment=42', 'customer not found'],
	])('answers 404 when the person %s', async (_what, query, message) => {
		expect(await ask(query)).toEqual([404, { status: 'error', message }]);
	});

	it('knows a person without being asked for a segment', async () => {
		expect(await ask(jana)).toMatchObject([200, { status: 'ok' }]);
	});

	it('returns the attributes on its list only, null for those without a value', async () => {
		const returnedAttributes = ['points', 'first_name'];
		const [, data] = await ask(jana, { people, returnedAttributes });
		expect(data.returned_attributes).toEqual({
			customer_entity_id: expect.any(String),
			modified: expect.any(String),
			points: [7],
			first_name: null,
		});
	});

	it('answers with the segments that have one of the tags, when it is asked with tags', async () => {
		const meiro = await start({
			cdp: {
				customers: people,
				segments: [
					{ id: 42, name: 'VIP', tags: ['n8n'] },
					{ id: 7, name: 'At risk', tags: ['n8n'] },
				],
			},
		});
		const { data } = await call(meiro, 'GET', `/wbs?${jana}&tags%5B%5D=n8n&tags%5B%5D=offers`);
		expect(data).toEqual({ status: 'ok', client_ip: '127.0.0.1', segment_ids: [42] });
	});

	const parameters = (count: number) =>
		Array.from({ length: count }, (_, n) => `&p${n}=x`).join('');

	it.each([
		['without a value', 'attribute=ps_email_address', 'value'],
		['with an empty attribute', 'attribute=&value=x', 'attribute'],
		['with a segment that is no integer', `${jana}&segment=vip`, 'segment'],
		['with 11 parameters of its own', jana + parameters(11), '10'],
		['with a parameter name of 129 characters', `${jana}&${'p'.repeat(129)}=x`, '128'],
	])('refuses a request %s', async (_what, query, reason) => {
		const error = { status: 'error', message: expect.stringContaining(reason) };
		expect(await ask(query)).toEqual([400, error]);
		expect(await ask(query, { people, invalidStatus: 422 })).toEqual([422, error]);
	});

	it('takes 10 parameters of its own, with names of 128 characters', async () => {
		expect((await ask(`${jana}${parameters(9)}&${'p'.repeat(128)}=x`))[0]).toBe(200);
	});

	it('knows the people of the CDP unless it has others', async () => {
		const meiro = await start({ cdp: { customers: people } });
		expect((await call(meiro, 'GET', `/wbs?${jana}&segment=42`)).status).toBe(200);
	});

	it('is no webhook source', async () => {
		const meiro = await start();
		for (const path of ['/wbs', '/api', '/profile-api']) {
			expect((await call(meiro, 'POST', `${path}?event_name=a`, { body: {} })).status).toBe(404);
		}
		expect((await call(meiro, 'POST', '/apis?event_name=a', { body: {} })).status).toBe(200);
	});
});

describe('a person whom a stitching rule finds in customer events', () => {
	const path = (...names: string[]) =>
		names.map((name, at) => `${at < names.length - 1 ? '->' : '->>'} '${name}'`).join(' ');
	const definition = {
		...{ id: 'colour', type: 'last', value: `payload ${path('properties', 'colour')}` },
		...{ sources: ['klaviyo'], types: ['placed_order'], versions: ['1-0-0'] },
	};
	const event = (second: number, colour?: string) => ({
		...{ source_id: 'klaviyo', type: 'placed_order', version: '1-0-0' },
		...{ user_identifier: 'eva@shop.example', event_time: `2031-02-03 04:05:0${second}` },
		payload: { profile: { email: 'eva@shop.example' }, properties: { colour } },
	});
	const ask = 'attribute=ps_email_address&value=eva%40shop.example';

	it('is known by it, with the last value of an attribute in time', async () => {
		const stitching = [
			{
				...{ category: 'ps_email_address', type: 'placed_order' },
				value: `payload ${path('profile', 'email')}`,
			},
		];
		const meiro = await start({ cdp: { stitching, attributes: [{ id: 'colour', definition }] } });
		expect((await call(meiro, 'GET', `/wbs?${ask}`)).status).toBe(404);
		const { api } = await logIn(meiro);
		const customer_events = [event(2, 'red'), event(1, 'blue'), event(3)];
		await api('POST', '/customer_events/', { body: { customer_events } });
		const { data } = await call(meiro, 'GET', `/wbs?${ask}`);
		expect(data).toMatchObject({
			returned_attributes: { ps_email_address: ['eva@shop.example'], colour: ['red'] },
		});
	});

	it('is unknown without a rule', async () => {
		const meiro = await start();
		const { api } = await logIn(meiro);
		await api('POST', '/customer_events/', { body: { customer_events: [event(1)] } });
		expect((await call(meiro, 'GET', `/wbs?${ask}`)).status).toBe(404);
	});
});
