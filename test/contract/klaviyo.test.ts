import axios from 'axios';

import { RESOURCES } from '../../nodes/Klaviyo/actions';
import { byId, executeKlaviyo } from '../engine/support/klaviyo';
import { startPrism, type Judge } from './prism';
import { ROWS } from './rows';

const EXPECTED = ROWS.flatMap(({ requests }) => requests);

describe('the contract tests', () => {
	it('have a row for every operation of the node', () => {
		const rows = new Set(ROWS.map(({ resource, operation }) => `${resource} ${operation}`));
		const operations = RESOURCES.flatMap(({ option, operations: all }) =>
			all.map((operation) => `${String(option.value)} ${String(operation.option.value)}`),
		);
		expect(operations.filter((each) => !rows.has(each))).toEqual([]);
		expect([...rows].filter((each) => !operations.includes(each))).toEqual([]);
	});
});

describe('by Klaviyo’s own specification', () => {
	let prism: Judge;

	beforeAll(async () => {
		prism = await startPrism(EXPECTED);
	});
	afterAll(async () => {
		await prism.close();
	});

	it.each(
		ROWS.map((row) => ({
			...row,
			title: `${row.resource} ${row.operation}${row.variant === undefined ? '' : `, ${row.variant}`}`,
		})),
	)(
		'$title sends a valid request',
		async ({ resource, operation, parameters, items, requests }) => {
			const { failure } = await executeKlaviyo({
				apiUrl: prism.url,
				resource,
				operation,
				...(parameters === undefined ? {} : { parameters }),
				...(items === undefined ? {} : { items }),
			});
			const judged = prism.judged();
			expect(judged.flatMap(({ objections }) => objections)).toEqual([]);
			expect(judged.flatMap(({ violations }) => violations)).toEqual([]);
			expect(judged.map(({ request }) => request)).toEqual(requests);
			expect(judged.filter(({ status }) => status >= 300)).toEqual([]);
			expect(failure).toBeUndefined();
		},
	);
});

describe('a wrong request', () => {
	let prism: Judge;

	beforeAll(async () => {
		prism = await startPrism(EXPECTED);
	});
	afterAll(async () => {
		await prism.close();
	});

	it('of the node is refused by Prism', async () => {
		const { failure } = await executeKlaviyo({
			apiUrl: prism.url,
			resource: 'metric',
			operation: 'getAggregates',
			parameters: {
				metricId: byId('0rG4eQ'),
				since: '2031-01-01T00:00:00',
				until: '2031-02-01T00:00:00',
				measurements: ['smiles'],
			},
		});
		expect(failure?.message).toMatch(/refused/);
		const [judged] = prism.judged();
		expect(judged).toMatchObject({ status: 422, request: 'POST /api/metric-aggregates' });
		expect(judged!.objections.join()).toMatch(/measurements/);
	});

	it.each([
		['a parameter is missing', 'GET', '/api/campaigns', undefined, /filter/],
		['a page is too large', 'GET', '/api/flows?page[size]=51', undefined, /page\[size\]/],
		[
			'the body lacks a field',
			'POST',
			'/api/metric-aggregates',
			{ data: { type: 'metric-aggregate' } },
			/attributes/,
		],
		['there is no such path', 'GET', '/api/campaign', undefined, /hasn't been found/],
	])('is refused by Prism when %s', async (_, method, path, data, objection) => {
		const { status } = await axios.request({
			method,
			url: `${prism.url}${path}`,
			data,
			headers: {
				Authorization: 'Klaviyo-API-Key pk_sandbox',
				revision: '2026-07-15',
				...(data === undefined ? {} : { 'Content-Type': 'application/vnd.api+json' }),
			},
			validateStatus: () => true,
		});
		expect(status).toBeGreaterThanOrEqual(400);
		expect(
			prism
				.judged()
				.flatMap(({ objections }) => objections)
				.join(),
		).toMatch(objection);
	});

	it.each([
		[
			'a filter that Klaviyo does not have',
			"filter=equals(messages.channel,'email'),equals(name,'x')",
		],
		['a parameter that there is none of', "filter=equals(messages.channel,'email')&pagesize=100"],
	])('with %s, which OpenAPI can’t tell, is told by the second check', async (_, query) => {
		await axios.get(`${prism.url}/api/campaigns?${query}`, {
			headers: { Authorization: 'Klaviyo-API-Key pk_sandbox', revision: '2026-07-15' },
			validateStatus: () => true,
		});
		expect(prism.judged().flatMap(({ violations }) => violations)).toHaveLength(1);
	});
});
