import type { IHttpRequestOptions } from 'n8n-workflow';

import { KlaviyoPrivateKeyApi } from '../../../credentials/KlaviyoPrivateKeyApi.credentials';
import { KlaviyoWebhookApi } from '../../../credentials/KlaviyoWebhookApi.credentials';
import { MeiroEventsApi } from '../../../credentials/MeiroEventsApi.credentials';
import {
	baseUrlOf,
	refuseSourceIn,
	requestUrl,
	targetOf,
} from '../../../nodes/MeiroEvents/delivery/target';

const baseUrl = 'https://me.example.meiro.io';
const request: IHttpRequestOptions = {
	url: `${baseUrl}/klaviyo`,
	headers: { Accept: 'application/json' },
	qs: { event_name: 'placed_order' },
};

const limits = (batchSize: number) => ({ batchSize, maxRequestBytes: 1_000_000 });

describe('the Meiro Events credential', () => {
	const sign = async (data: Record<string, string>) =>
		await new MeiroEventsApi().authenticate({ baseUrl, ...data }, request);

	it('adds its header to those that are there', async () => {
		const signed = await sign({ authentication: 'header', authName: 'X-App-Key', authSecret: 'k' });
		expect(signed).toEqual({
			...request,
			headers: { Accept: 'application/json', 'X-App-Key': 'k' },
		});
	});

	it('adds its parameter to the query that is there', async () => {
		const signed = await sign({ authentication: 'query', authName: 'key', authSecret: 'k' });
		expect(signed).toEqual({ ...request, qs: { event_name: 'placed_order', key: 'k' } });
	});

	it('hands user and password to the HTTP client', async () => {
		const signed = await sign({ authentication: 'basic', user: 'u', password: 'p' });
		expect(signed).toEqual({ ...request, auth: { username: 'u', password: 'p' } });
	});

	it.each(['none', 'something new', ''])(
		'adds nothing with authentication %j',
		async (authentication) => {
			const signed = await sign({ authentication, authName: 'X', authSecret: 's', password: 'p' });
			expect(signed).toEqual(request);
		},
	);

	it('never changes the request that it is given', async () => {
		const before = structuredClone(request);
		await sign({ authentication: 'header', authName: 'X-App-Key', authSecret: 'k' });
		await sign({ authentication: 'query', authName: 'key', authSecret: 'k' });
		expect(request).toEqual(before);
	});

	it('signs no request while its Base URL can not be used', async () => {
		await expect(sign({ baseUrl: 'http://me.example', authentication: 'none' })).rejects.toThrow(
			/'Base URL'/,
		);
	});
});

describe('secret fields', () => {
	it.each([
		['KlaviyoPrivateKeyApi', new KlaviyoPrivateKeyApi(), ['apiKey']],
		['KlaviyoWebhookApi', new KlaviyoWebhookApi(), ['previousSecret', 'secret']],
		['MeiroEventsApi', new MeiroEventsApi(), ['authSecret', 'password']],
	])('of %s are shown as dots', (_, { properties }, secrets) => {
		const hidden = properties
			.filter(({ typeOptions }) => typeOptions?.password === true)
			.map(({ name }) => name);
		expect(hidden.sort()).toEqual(secrets);
	});

	it.each([
		['KlaviyoWebhookApi', new KlaviyoWebhookApi()],
		['MeiroEventsApi', new MeiroEventsApi()],
	])('of %s have no default that anyone could guess', (_, { properties }) => {
		const defaults = properties
			.filter(({ typeOptions }) => typeOptions?.password === true)
			.map((property) => property.default);
		expect(new Set(defaults)).toEqual(new Set(['']));
	});
});

describe('the target of a credential', () => {
	it.each([
		['meiroEvents', 0, 'meiroEvents', 1],
		['meiroPipes', 0, 'meiroPipes', 200],
		['meiroEvents', 25, 'meiroEvents', 25],
		['meiroPipes', 10.9, 'meiroPipes', 10],
		['meiroPipes', Number.NaN, 'meiroPipes', 200],
		[undefined, 0, 'meiroEvents', 1],
		['another', 0, 'meiroEvents', 1],
	])(
		'for product %j and batch size %d is %s with %i at once',
		(given, size, product, batchSize) => {
			expect(targetOf({ baseUrl, product: given as string }, limits(size))).toMatchObject({
				product,
				batchSize,
			});
		},
	);

	it.each([
		[undefined, 10_000],
		['', 10_000],
		['soon', 10_000],
		[0, 10_000],
		[-5, 1_000],
		[0.2, 1_000],
		[25, 25_000],
		['25', 25_000],
	])('with a timeout of %j waits %i ms', (timeoutSeconds, timeoutMs) => {
		expect(
			targetOf({ baseUrl, timeoutSeconds: timeoutSeconds as number }, limits(0)).timeoutMs,
		).toBe(timeoutMs);
	});

	it.each([
		['https://me.example', 'https://me.example'],
		['https://me.example/', 'https://me.example'],
		['https://me.example//', 'https://me.example'],
		[' https://ME.example:443/ingest/ ', 'https://me.example/ingest'],
		['https://me.example:8443', 'https://me.example:8443'],
	])('has base URL %j as %s', (given, expected) => {
		expect(targetOf({ baseUrl: given }, limits(0)).baseUrl).toBe(expected);
	});

	it.each([
		['https://me.acme.meiro.io/klaviyo', 'meiroEvents', 'https://me.acme.meiro.io', '/klaviyo'],
		[
			'https://ME.acme.meiro.io/shop/klaviyo/',
			'meiroEvents',
			'https://me.acme.meiro.io',
			'/shop/klaviyo',
		],
		[
			'https://acme.eu.pipes.meiro.io/collect',
			'meiroPipes',
			'https://acme.eu.pipes.meiro.io',
			'/collect',
		],
		[
			'https://acme.eu.pipes.meiro.io/collect/klaviyo',
			'meiroPipes',
			'https://acme.eu.pipes.meiro.io',
			'/collect/klaviyo',
		],
		[
			'https://acme.eu.pipes.meiro.io/collect/klaviyo',
			'meiroEvents',
			'https://acme.eu.pipes.meiro.io',
			'/collect/klaviyo',
		],
		[
			'https://gateway.example/meiro/collect/klaviyo',
			'meiroPipes',
			'https://gateway.example/meiro',
			'/collect/klaviyo',
		],
		['https://gateway.example/collect', 'meiroPipes', 'https://gateway.example', '/collect'],
		['https://gateway.example/Collect', 'meiroPipes', 'https://gateway.example', '/Collect'],
	])('that ends in the source, %s of %s, says what to enter', (given, product, address, source) => {
		expect(() => baseUrlOf({ baseUrl: given, product })).toThrow(
			`'Base URL' of the Meiro Events credential ends in the source (${source}), so events would go to another address. Enter ${address} there, and the source in the node under 'Source'.`,
		);
	});

	it.each([
		['https://gateway.example/ingest', 'meiroPipes'],
		['https://gateway.example/collectors', 'meiroPipes'],
		['https://gateway.example/collect', 'meiroEvents'],
		['https://me.meiro.io.example/klaviyo', 'meiroEvents'],
		['https://notmeiro.io/klaviyo', 'meiroEvents'],
	])('with a path that may be a gateway’s is taken: %s of %s', (given, product) => {
		expect(baseUrlOf({ baseUrl: given, product })).toBe(given);
	});

	it.each([
		['https://gateway.example/klaviyo', 'klaviyo', 'https://gateway.example'],
		['https://gateway.example/in/Klaviyo', 'klaviyo', 'https://gateway.example/in'],
		['https://gateway.example/in/shop/klaviyo', 'shop/klaviyo', 'https://gateway.example/in'],
	])('%s is refused with the source %s in the node', (baseUrl, source, address) => {
		expect(() => refuseSourceIn({ baseUrl, product: 'meiroEvents' }, source)).toThrow(
			`Enter ${address} there`,
		);
	});

	it.each([
		['https://gateway.example', 'klaviyo'],
		['https://gateway.example/ingest', 'klaviyo'],
		['https://gateway.example/my-klaviyo', 'klaviyo'],
		['https://klaviyo', 'klaviyo'],
	])('%s is taken with the source %s in the node', (baseUrl, source) => {
		expect(() => refuseSourceIn({ baseUrl, product: 'meiroEvents' }, source)).not.toThrow();
	});

	it.each(['collect/klaviyo', 'Collect//klaviyo'])(
		'refuses the source %s of Pipes, whose address has that part already',
		(source) => {
			expect(() => refuseSourceIn({ baseUrl, product: 'meiroPipes' }, source)).toThrow(
				/^'Source' begins with collect\/+, which is put before it already\. Enter klaviyo there\.$/i,
			);
			expect(() => refuseSourceIn({ baseUrl, product: 'meiroEvents' }, source)).not.toThrow();
		},
	);

	it('has a Meiro Events source as its path and the event’s name in the query', () => {
		const target = targetOf({ baseUrl, product: 'meiroEvents' }, limits(0));
		expect(requestUrl(target, 'shop/klaviyo', 'placed order & more')).toBe(
			`${baseUrl}/shop/klaviyo?event_name=placed%20order%20%26%20more`,
		);
	});

	it('has a Meiro Pipes source behind /collect, and the name in the event only', () => {
		const target = targetOf({ baseUrl, product: 'meiroPipes' }, limits(0));
		expect(requestUrl(target, 'klaviyo', 'placed_order')).toBe(`${baseUrl}/collect/klaviyo`);
	});
});
