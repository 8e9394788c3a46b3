import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { KlaviyoOptions } from '../../sandbox/klaviyo';
import { startKlaviyo } from '../../sandbox/klaviyo';
import {
	clientOf,
	errorOf,
	newFlow,
	statusChange,
	webhookStep,
} from '../../sandbox/klaviyo/api/example-client';
import type { Account } from '../../sandbox/klaviyo/account';
import { klaviyoDialect } from '../../sandbox/klaviyo/dialect';
import { createApi } from '../../sandbox/klaviyo/api';
import { Contract, loadSlices, OPENAPI_FOLDER } from '../../sandbox/klaviyo/api/contract';
import { closeAll, HURRY, kept } from './klaviyo-receiver';

afterEach(closeAll);

async function startApi(options: KlaviyoOptions = {}) {
	const klaviyo = kept(await startKlaviyo({ ...HURRY, ...options }));
	return { klaviyo, api: clientOf(klaviyo.apiUrl) };
}

describe('a request that the specification does not allow', () => {
	it.each([
		['an unknown query parameter', '/api/lists?colour=red', 'colour'],
		['a page that is too large', '/api/lists?page[size]=11', 'page[size]'],
		['a page size where there is none', '/api/metrics?page[size]=10', 'page[size]'],
		['an unknown field', '/api/flows?fields[flow]=name,colour', 'fields[flow]'],
		['an unknown sort', '/api/flows?sort=colour', 'sort'],
		['a filter on the wrong field', '/api/flows?filter=equals(colour,"red")', 'filter'],
		['a filter with the wrong operator', '/api/flows?filter=any(name,["x"])', 'filter'],
		['a filter without quotes', '/api/flows?filter=equals(name,Cart)', 'filter'],
		['one value where a list belongs', '/api/lists?filter=any(name,"Own")', 'filter'],
		['a word that is none of the listed', '/api/campaigns?filter=equals(status,"Odd")', 'filter'],
		['a date that is none', '/api/profiles?filter=greater-than(updated,2031-99-99)', 'filter'],
		['a value where none belongs', '/api/events?filter=has(profile,"x")', 'filter'],
		['what cannot be included', '/api/profiles?include=lists', 'include'],
	])('with %s is answered 400 and kept', async (_name, path, parameter) => {
		const { klaviyo, api } = await startApi();
		const answer = await api.get(encodeURI(path));
		expect(answer.status).toBe(400);
		expect(answer.headers['content-type']).toContain('application/vnd.api+json');
		expect(errorOf(answer)).toMatchObject({ code: 'invalid', status: 400, source: { parameter } });
		expect(klaviyo.contractViolations()).toMatchObject([{ pointer: parameter, where: 'query' }]);
		expect(klaviyo.contractChecked()).toBe(1);
	});

	const steps = [webhookStep('https://n8n.example/x')];
	const good = newFlow(steps);
	const changed = (change: (flow: ReturnType<typeof newFlow>) => void) => {
		const flow = structuredClone(good);
		change(flow);
		return flow;
	};
	const at = '/data/attributes/definition';

	it.each([
		[
			'a misspelt field',
			changed(({ data }) =>
				Object.assign(data.attributes.definition.actions[0]?.data as object, { massage: {} }),
			),
			`${at}/actions/0/data/massage`,
		],
		[
			'a body that is no text',
			changed(({ data }) => {
				const message = { url: 'https://n8n.example/', body: { a: 1 } };
				Object.assign(data.attributes.definition.actions[0] as object, { data: { message } });
			}),
			`${at}/actions/0/data/message/body`,
		],
		[
			'an unknown kind of action',
			changed(({ data }) =>
				Object.assign(data.attributes.definition.actions[0] as object, { type: 'send-pigeon' }),
			),
			`${at}/actions/0/type`,
		],
		[
			'a date trigger without its time',
			newFlow(steps, {
				...{ type: 'date', date_field_type: 'profile-property', timedelta_value_before_date: 1 },
				...{ date_profile_property: 'birthday' },
			}),
			`${at}/triggers/0/trigger_time`,
		],
		[
			'no entry',
			changed(({ data }) => Reflect.deleteProperty(data.attributes.definition, 'entry_action_id')),
			`${at}/entry_action_id`,
		],
	])('with %s is answered 400 with the pointer', async (_name, body, pointer) => {
		const { klaviyo, api } = await startApi();
		const answer = await api.post('/api/flows', body);
		expect(answer.status).toBe(400);
		expect(errorOf(answer).source).toEqual({ pointer });
		expect(klaviyo.contractViolations()).toMatchObject([
			{ operation: 'create_flow', where: 'body', pointer },
		]);
	});

	it('takes null where the specification is nullable', async () => {
		const { klaviyo, api } = await startApi();
		const step = { ...webhookStep('https://n8n.example/x'), links: null as never };
		expect((await api.post('/api/flows', newFlow([step]))).status).toBe(201);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it.each([
		['09:00:00', 201],
		['nine', 400],
	])('takes the time of a day without an offset: %s', async (trigger_time, status) => {
		const { api } = await startApi();
		const trigger = {
			...{ type: 'date', date_field_type: 'profile-property', timedelta_value_before_date: 1 },
			...{ date_profile_property: 'birthday', trigger_time, timezone: 'profile' },
		};
		expect((await api.post('/api/flows', newFlow(steps, trigger))).status).toBe(status);
	});

	it('is one whose body is not JSON:API, broken, or where none belongs', async () => {
		const { klaviyo, api } = await startApi();
		const json = clientOf(klaviyo.apiUrl, { 'Content-Type': 'application/json' });
		expect((await json.post('/api/flows', good)).status).toBe(400);
		expect((await api.post('/api/flows', '{"data":')).status).toBe(400);
		expect((await api.patch('/api/flows/AbC123')).status).toBe(400);
		expect((await api.patch('/api/flows/AbC123', statusChange('AbC123', 'live'))).status).toBe(404);
		const where = klaviyo.contractViolations().map((each) => `${each.where} ${each.pointer}`);
		expect(where).toEqual(['header Content-Type', 'body ', 'body ']);
	});

	it('is one to an operation that does not exist', async () => {
		const { klaviyo, api } = await startApi();
		expect((await api.get('/api/profile-lists')).status).toBe(404);
		expect((await api.put('/api/flows', {})).status).toBe(404);
		expect(klaviyo.contractViolations()).toMatchObject([
			{ where: 'operation', operation: null, path: '/api/profile-lists' },
			{ where: 'operation', operation: null, method: 'PUT' },
		]);
	});
});

describe('an answer', () => {
	const request = (query: Record<string, string> = {}) => ({
		...{ method: 'GET', path: '/api/metrics/AbC123', query, headers: {} },
		body: Buffer.alloc(0),
	});
	const answer = (attributes: object) => ({
		data: { type: 'metric', id: 'AbC123', attributes, links: { self: 'https://shop.example/' } },
		links: { self: 'https://shop.example/' },
	});
	const checked = (status: number, body: unknown, query = {}) => {
		const contract = new Contract(loadSlices());
		contract.checkAnswer(request(query), status, body as never);
		return contract.violations().map(({ where, pointer }) => `${where} ${pointer}`);
	};

	it.each([
		['as documented', 200, answer({ name: 'Own' }), []],
		['with more than is documented', 200, answer({ name: 'Own', colour: 'red' }), []],
		['with a wrong type', 200, answer({ name: 7 }), ['answer /data/attributes/name']],
		['without its links', 200, { data: answer({}).data, links: {} }, ['answer /links/self']],
		['with a status that is not documented', 204, undefined, ['answer ']],
		['that is an error', 404, { errors: [{ id: 'x', code: 'x', title: 'x', detail: 'x' }] }, []],
		['that is half an error', 404, { errors: [{ id: 'x' }] }, ['answer /errors/0/code']],
	])('%s: %i', (_name, status, body, expected) => {
		expect(checked(status, body)).toEqual(expected);
	});

	it.each([
		[null, []],
		[7, ['/links/next']],
	])('with the next page %s', (next, expected) => {
		const contract = new Contract(loadSlices());
		const body = { data: [answer({}).data], links: { self: 'https://shop.example/', next } };
		contract.checkAnswer({ ...request(), path: '/api/metrics' }, 200, body as never);
		expect(contract.violations().map(({ pointer }) => pointer)).toEqual(expected);
	});

	it('may leave out what is required when a sparse fieldset asks for less', () => {
		const contract = new Contract(loadSlices());
		const data = {
			type: 'campaign',
			id: 'x',
			attributes: {},
			links: { self: 'https://shop.example/' },
		};
		const body = { data, links: { self: 'https://shop.example/' } };
		const path = '/api/campaigns/x';
		contract.checkAnswer({ ...request({ 'fields[campaign]': 'name' }), path }, 200, body);
		expect(contract.violations()).toEqual([]);
		contract.checkAnswer({ ...request(), path }, 200, body);
		expect(contract.violations()).toHaveLength(1);
	});
});

describe('the stand-in itself', () => {
	it('knows the scopes and limits of every operation as the specification has them', () => {
		const contract = new Contract(loadSlices());
		const account = { flows: () => [] } as unknown as Account;
		const settings = { timezone: 'UTC', organization: { name: 'x' }, now: () => new Date() };
		const { operations } = createApi(
			account,
			{},
			{ ...settings, timeScale: 1, allowLoopbackHttp: true, dialect: klaviyoDialect() },
		);
		expect(operations.length).toBeGreaterThan(55);
		for (const { name, method, path, scopes, limits } of operations) {
			const { operation } = contract.find(method, path.replace('{id}', 'AbC123')) ?? {};
			const known = operation as NonNullable<typeof operation>;
			expect([name, known.operationId]).toEqual([name, name]);
			expect([name, known['x-klaviyo-scopes'] ?? []]).toEqual([name, scopes]);
			const expected = typeof limits === 'function' ? limits({}) : limits;
			expect([name, known['x-klaviyo-ratelimit']]).toEqual([name, expected]);
		}
	});
});

describe('the specification', () => {
	it('is in the repository with its licence, so that every clone checks every request', async () => {
		expect(readFileSync(join(OPENAPI_FOLDER, 'LICENSE'), 'utf8')).toMatch(
			/^MIT License\n\nCopyright/,
		);
		expect(loadSlices().map(({ name }) => name)).toEqual(
			expect.arrayContaining(['events', 'flows', 'lists', 'metrics', 'profiles', 'webhooks']),
		);
		const { klaviyo, api } = await startApi();
		expect((await api.get('/api/lists')).status).toBe(200);
		expect(klaviyo.contractChecked()).toBe(1);
	});
});
