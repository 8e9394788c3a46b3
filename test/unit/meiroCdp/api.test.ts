import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

import { eventTypeId } from '../../../nodes/MeiroCdp/actions/eventType/eventId';
import { addressOf } from '../../../nodes/MeiroCdp/api/cdpAddress';
import { authorise, logIn, loginProblemOf } from '../../../nodes/MeiroCdp/api/cdpLogin';
import type { MeiroClient, MeiroRequest } from '../../../nodes/MeiroCdp/api/cdpClient';
import { explainAnswer } from '../../../nodes/MeiroCdp/api/explainCdpAnswer';
import { listIn, meiroPages } from '../../../nodes/MeiroCdp/api/cdpPages';

describe('the ID of an event type', () => {
	it('is the one in Meiro’s own example', () => {
		expect(eventTypeId('bank_app', 'app_transaction', '1-0-0')).toBe(
			'870bcfd3-abf0-f6a7-0b2f-577d3997dc21',
		);
	});
});

describe('the address', () => {
	it.each([
		['https://example.meiro.io/api/', 'https://example.meiro.io/api'],
		['  https://cdp.example.meiro.io  ', 'https://cdp.example.meiro.io'],
	])('%p is taken as %p', (baseUrl, expected) => {
		expect(addressOf({ baseUrl }, 'cdp')).toBe(expected);
	});

	it.each([
		['', /is empty/],
		['example.meiro.io', /is not a URL/],
		['ftp://example.meiro.io', /starts with 'ftp:'/],
		['https://user:pw@example.meiro.io', /user name or password/],
		['https://example.meiro.io/api?x=1', /query/],
		['http://example.meiro.io', /unencrypted/],
		['http://127.0.0.1.evil.example', /unencrypted/],
	])('%p is refused with the name of its field', (pipesUrl, message) => {
		expect(() => addressOf({ pipesUrl }, 'pipes')).toThrow(message);
		expect(() => addressOf({ pipesUrl }, 'pipes')).toThrow(/'Pipes URL'/);
	});

	it('may be http inside a network of one’s own', () => {
		const allowed = { allowPrivate: true, allowHttp: true };
		expect(addressOf({ baseUrl: 'http://meiro:8080/api', ...allowed }, 'cdp')).toBe(
			'http://meiro:8080/api',
		);
	});

	it('may be this machine’s once private addresses are allowed', () => {
		const baseUrl = 'http://127.0.0.1:8080/api';
		expect(() => addressOf({ baseUrl }, 'cdp')).toThrow(/'Base URL' .* 'Allow Private Addresses'/);
		expect(addressOf({ baseUrl, allowPrivate: true }, 'cdp')).toBe(baseUrl);
	});
});

describe('secrets', () => {
	const credentials: ICredentialDataDecryptedObject = {
		baseUrl: 'https://example.meiro.io/api',
		authentication: 'accessToken',
		accessToken: 'cdp-secret',
		pipesUrl: 'https://example.eu.pipes.meiro.io',
		pipesToken: 'pipes-secret',
		audienceUrl: 'https://cdp.example.meiro.io',
	};
	const headersTo = (url: string, baseURL?: string) =>
		authorise(credentials, { url, baseURL }).headers;

	it.each([
		['https://example.meiro.io/api/events', { 'X-Access-Token': 'cdp-secret' }],
		['https://example.eu.pipes.meiro.io/profile-api/x', { 'X-API-Token': 'pipes-secret' }],
		['https://cdp.example.meiro.io/wbs', undefined],
		['https://evil.example/api/events', undefined],
		['https://example.meiro.io/other', undefined],
	])('to %s: %j', (url, headers) => {
		expect(headersTo(url)).toEqual(headers);
	});

	it('go by the whole address when n8n gives it in two parts, as for the credential’s test', () => {
		expect(headersTo('/events', 'https://example.meiro.io/api/')).toEqual({
			'X-Access-Token': 'cdp-secret',
		});
		expect(headersTo('https://evil.example/x', 'https://example.meiro.io/api')).toBeUndefined();
	});

	it('leave the request’s own headers in place and the request itself as it was', () => {
		const request = { url: 'https://example.meiro.io/api/x', headers: { Accept: 'a' } };
		expect(authorise(credentials, request).headers).toEqual({
			Accept: 'a',
			'X-Access-Token': 'cdp-secret',
		});
		expect(request.headers).toEqual({ Accept: 'a' });
	});

	describe('from a login', () => {
		const user = {
			...credentials,
			authentication: 'password',
			email: 'a@shop.example',
			password: 'pw',
		};
		const helper = (answer: IDataObject) => ({
			helpers: { httpRequest: async () => ({ headers: {}, ...answer }) },
		});

		it('are used for the user and address that they were made for, and no other', async () => {
			const output = await logIn(helper({ statusCode: 200, body: { token: 't.o.k' } }), user);
			const url = 'https://example.meiro.io/api/events';
			expect(authorise({ ...user, ...output }, { url }).headers).toEqual({
				'X-Access-Token': 't.o.k',
			});
			expect(
				authorise({ ...user, ...output, email: 'b@shop.example' }, { url }).headers,
			).toBeUndefined();
		});

		it.each([
			[{ statusCode: 200, body: '<html>' }, /No login of the Meiro CDP API .*'Base URL'/],
			[{ statusCode: 404, body: { message: 'nope' } }, /No login .*Meiro says: nope/],
			[{ statusCode: 302, body: '' }, /redirects elsewhere/],
			[{ statusCode: 500, body: '' }, /could not log in \(500\)/],
		])('are told to be missing after %j', async (answer, message) => {
			await expect(logIn(helper(answer as IDataObject), user)).rejects.toThrow(message);
		});

		it.each([302, 400, 401, 404, 500])(
			'that fails with a huge message (%i) are told in short',
			async (statusCode) => {
				const answer = { statusCode, body: { message: 'x'.repeat(2_000_000) } };
				const error: unknown = await logIn(helper(answer), user).catch((e: unknown) => e);
				expect((error as Error).message.length).toBeLessThan(800);
			},
		);

		it('that fail are known in the wrapper of n8n 2.20 by their words, as it keeps no cause', async () => {
			const answer = { statusCode: 503, body: '', headers: { 'retry-after': '7' } };
			const { message } = (await logIn(helper(answer), user).catch((e: unknown) => e)) as Error;
			const wrapped = Object.assign(new Error('Bad gateway'), { messages: ['other', message] });
			expect(loginProblemOf(wrapped)).toMatchObject({ status: 503, retryAfter: '7' });
		});

		it('are not asked for without email and password', async () => {
			await expect(logIn(helper({}), { ...user, password: '' })).rejects.toThrow(
				/'Email' or 'Password'/,
			);
		});

		it('don’t stand in what is told of a failed connection', async () => {
			const failing = {
				helpers: {
					httpRequest: async () => {
						throw Object.assign(new Error('failed'), {
							code: 'ECONNREFUSED',
							config: { data: 'pw' },
						});
					},
				},
			};
			const error: unknown = await logIn(failing, { ...user, password: 'hidden-password' }).catch(
				(e: unknown) => e,
			);
			expect(String(error)).toMatch(/Nothing listens at the address in 'Base URL'/);
			expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(
				/"pw"|hidden-password/,
			);
		});
	});
});

describe('reading pages', () => {
	/** A Meiro whose pages are made by `page`; counts the requests. */
	function clientOf(page: (limit: number, offset: number) => IDataObject[]) {
		const asked: IDataObject[] = [];
		const client = {
			async request({ query }: MeiroRequest) {
				if (asked.push(query!) > 50) throw new Error('endless');
				return { status: 200, body: { events: page(Number(query!.limit), Number(query!.offset)) } };
			},
		} as unknown as MeiroClient;
		return { client, asked };
	}
	const rows = Array.from({ length: 45 }, (_, id) => ({ id }));

	it('goes on after a page that Meiro made shorter than asked for', async () => {
		const { client } = clientOf((limit, offset) =>
			rows.slice(offset, offset + Math.min(limit, 20)),
		);
		expect(await meiroPages(client, { path: '/events' }, 'events')).toEqual(rows);
	});

	it('ends when Meiro gives the same page again and again', async () => {
		const { client, asked } = clientOf(() => rows.slice(0, 20));
		expect(await meiroPages(client, { path: '/events' }, 'events')).toHaveLength(20);
		expect(asked).toHaveLength(2);
	});

	it('asks for no more than the limit', async () => {
		const { client, asked } = clientOf((limit, offset) => rows.slice(offset, offset + limit));
		expect(await meiroPages(client, { path: '/events' }, 'events', 7)).toEqual(rows.slice(0, 7));
		expect(asked).toEqual([{ limit: 7, offset: 0 }]);
	});

	it('keeps an entry once that slid onto the next page meanwhile', async () => {
		const { client } = clientOf((_, offset) => rows.slice(Math.max(0, offset - 1), offset + 20));
		expect(await meiroPages(client, { path: '/events' }, 'events')).toEqual(rows);
	});

	it.each([
		[{ events: [{ id: 1 }], selection_settings: {} }, [{ id: 1 }]],
		[{ other_name: [{ id: 1 }], selection_settings: {} }, [{ id: 1 }]],
		[[{ id: 1 }] as unknown as IDataObject, [{ id: 1 }]],
		[{ message: 'none' }, []],
	])('finds the list in %j', (body, expected) => {
		expect(listIn(body as IDataObject, 'events')).toEqual(expected);
	});
});

describe('an explanation', () => {
	const explain = (status: number, body: unknown = {}, headers = {}) =>
		explainAnswer({ status, body, headers }, 'cdp', 'customers/detail');

	it.each([
		[401, /login or token of the Meiro CDP credential/],
		[403, /lacks the feature 'customers\/detail'/],
		[302, /'Base URL' redirects elsewhere/],
		[500, /Meiro answered 500: down/],
		[418, /Meiro answered 418: down/],
	])('of %i says what to do', (status, expected) => {
		expect(explain(status, { message: 'down' }).sentence).toMatch(expected);
	});

	it('keeps Meiro’s own words', () => {
		expect(explain(403, { message: 'Missing feature' }).description).toMatch(/Missing feature/);
	});

	it('takes a web page for a wrong address, but not that of a server that is down', () => {
		expect(explain(404, '<html>').sentence).toMatch(/web page instead of data .*'Base URL'/);
		expect(explain(200, 'x', { 'content-type': 'text/html' }).sentence).toMatch(
			/web page instead of data/,
		);
		expect(explain(502, '<html>').sentence).toBe('Meiro answered 502 with a web page');
	});
});
