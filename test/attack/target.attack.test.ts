import { klaviyoAddressOf } from '../../nodes/Klaviyo/api/address';
import { baseUrlOf, requestUrl } from '../../nodes/MeiroEvents/delivery/target';
import {
	BASE_URL,
	CLIMBING,
	DISGUISED,
	draftOf,
	METADATA,
	NO_ADDRESS,
	OTHER_SCHEMES,
	PLAIN_HTTP,
	targetFor,
	WITH_LOGIN,
	WITH_QUERY,
} from './support/addresses';

describe('a Base URL', () => {
	it.each(WITH_LOGIN)('with a user name or password is refused: %s', (given) => {
		expect(() => baseUrlOf({ baseUrl: given })).toThrow(/user name or password/);
	});

	it.each(WITH_QUERY)('with a query or fragment, even an empty one, is refused: %s', (given) => {
		expect(() => baseUrlOf({ baseUrl: given })).toThrow(/query \(\?\) or fragment \(#\)/);
	});

	it.each(OTHER_SCHEMES)('of another scheme is refused: %s', (given) => {
		expect(() => baseUrlOf({ baseUrl: given, allowHttp: true })).toThrow(/https:\/\//);
	});

	it.each(NO_ADDRESS)('that is none is refused: %j', (given) => {
		expect(() => baseUrlOf({ baseUrl: given as never })).toThrow(/is not a URL|is empty/);
	});

	it.each(PLAIN_HTTP)('with plain http and a host that only resembles this machine is refused: %j', (given) => {
		expect(() => baseUrlOf({ baseUrl: given })).toThrow(/unencrypted/);
		expect(() => baseUrlOf({ baseUrl: given, allowHttp: 'true' })).toThrow(/unencrypted/);
		expect(() => baseUrlOf({ baseUrl: given, allowHttp: true })).not.toThrow();
	});

	it.each([
		['http://localhost:5678', 'http://localhost:5678'],
		['http://LOCALHOST', 'http://localhost'],
		['http://127.0.0.1', 'http://127.0.0.1'],
		['http://127.255.255.254', 'http://127.255.255.254'],
		['http://[::1]:8080', 'http://[::1]:8080'],
		// Other spellings of 127.0.0.1, which is what the request then goes to.
		['http://0x7f.1', 'http://127.0.0.1'],
		['http://2130706433', 'http://127.0.0.1'],
		['http://0177.0.0.1', 'http://127.0.0.1'],
		['http://127.1', 'http://127.0.0.1'],
	])('with plain http and this very machine is taken: %s', (given, taken) => {
		expect(baseUrlOf({ baseUrl: given })).toBe(taken);
	});

	it.each([
		'https://user:hunter2-secret@',
		'https://user:hunter2-secret@me example',
		'https://user:hunter2-secret@me.example:99999',
		'https://user:hunter2-secret@me.example',
		'https://me.example/?token=hunter2-secret',
	])('that is refused does not put its password into the message: %s', (given) => {
		expect(messageOf(() => baseUrlOf({ baseUrl: given }))).not.toContain('hunter2-secret');
	});
});

describe('an address at which clouds keep the secrets of their machines', () => {
	it.each(METADATA)('is refused unless the user allows it: %s', (given) => {
		expect(() => baseUrlOf({ baseUrl: given })).toThrow(/link-local/);
		expect(() => baseUrlOf({ baseUrl: given, allowHttp: true })).not.toThrow();
	});

	it('is refused by the Klaviyo credential, which has nothing to allow it with', () => {
		expect(() => klaviyoAddressOf({ baseUrl: METADATA[0]! })).toThrow(/link-local.*https:\/\/a\.klaviyo\.com\.$/);
		expect(() => klaviyoAddressOf({ baseUrl: 'http://10.0.0.1' })).toThrow(/Change it to https:\/\/\.$/);
	});
});

describe('a Source', () => {
	it.each(CLIMBING)('that climbs is rejected before anything is sent: %j', (source) => {
		expect(draftOf(source)).toMatchObject({
			status: 'rejected',
			reason: expect.stringMatching(/'Source' is not a name/),
		});
	});

	it.each(DISGUISED)(
		'in disguise stays below the Base URL of the same host, and adds nothing to the query: %j',
		(source) => {
			const draft = draftOf(source);
			if (draft.status !== 'ready') throw new Error('Expected to be sent, encoded');
			for (const product of ['meiroEvents', 'meiroPipes'] as const) {
				const url = new URL(requestUrl(targetFor(product), draft.event.source, 'placed_order'));
				expect(url.origin).toBe('https://me.example');
				expect(url.hash).toBe('');
				expect(url.username).toBe('');
				const root = product === 'meiroPipes' ? '/ingest/collect/' : '/ingest/';
				expect(url.pathname.startsWith(root)).toBe(true);
				const segments = url.pathname.slice(root.length).split('/').map(decodeURIComponent);
				expect(segments.join('/')).toBe(draft.event.source);
				expect([...url.searchParams]).toEqual(
					product === 'meiroPipes' ? [] : [['event_name', 'placed_order']],
				);
			}
		},
	);
});

describe('an event name', () => {
	it.each([
		'a&source=forged',
		'a#b',
		'a?b',
		'../x',
		'a\r\nX-Forged: 1',
		'a=b',
		'%26x=1',
		'a+b',
		'ž 🎉',
		'\0',
	])('reaches Meiro as it is, and as nothing else: %j', (name) => {
		const url = new URL(requestUrl(targetFor('meiroEvents'), 'klaviyo', name));
		expect(url.pathname).toBe('/ingest/klaviyo');
		expect(url.hash).toBe('');
		expect([...url.searchParams]).toEqual([['event_name', name]]);
		expect(requestUrl(targetFor('meiroPipes'), 'klaviyo', name)).toBe(`${BASE_URL}/collect/klaviyo`);
	});
});

function messageOf(action: () => unknown): string {
	try {
		action();
	} catch (error) {
		return (error as Error).message;
	}
	throw new Error('Expected to be refused');
}
