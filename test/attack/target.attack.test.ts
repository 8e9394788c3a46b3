import { baseUrlOf, requestUrl } from '../../nodes/MeiroEvents/delivery/target';
import {
	BASE_URL,
	CLIMBING,
	CREDENTIAL_READERS,
	DISGUISED,
	draftOf,
	METADATA,
	NO_ADDRESS,
	OTHER_SCHEMES,
	PLAIN_HTTP,
	PRIVATE,
	PRIVATE_HTTP,
	PUBLIC,
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

	it.each(PLAIN_HTTP)(
		'with plain http and a host that only resembles this machine is refused: %j',
		(given) => {
			expect(() => baseUrlOf({ baseUrl: given })).toThrow(/unencrypted/);
			expect(() => baseUrlOf({ baseUrl: given, allowHttp: 'true' })).toThrow(/unencrypted/);
			expect(() => baseUrlOf({ baseUrl: given, allowPrivate: true })).toThrow(/unencrypted/);
			expect(() =>
				baseUrlOf({ baseUrl: given, allowPrivate: true, allowHttp: true }),
			).not.toThrow();
		},
	);

	it.each([
		['http://localhost:5678', 'http://localhost:5678'],
		['http://localhost.', 'http://localhost.'],
		['http://[::ffff:127.0.0.1]', 'http://[::ffff:7f00:1]'],
		['http://LOCALHOST', 'http://localhost'],
		['http://127.0.0.1', 'http://127.0.0.1'],
		['http://127.255.255.254', 'http://127.255.255.254'],
		['http://[::1]:8080', 'http://[::1]:8080'],
		// Other spellings of 127.0.0.1, which is what the request then goes to.
		['http://0x7f.1', 'http://127.0.0.1'],
		['http://2130706433', 'http://127.0.0.1'],
		['http://0177.0.0.1', 'http://127.0.0.1'],
		['http://127.1', 'http://127.0.0.1'],
	])(
		'with plain http and this very machine is taken once private addresses are allowed: %s',
		(given, taken) => {
			expect(baseUrlOf({ baseUrl: given, allowPrivate: true })).toBe(taken);
			expect(() => baseUrlOf({ baseUrl: given, allowHttp: true })).toThrow(
				/'Allow Private Addresses'/,
			);
		},
	);

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

describe.each(Object.entries(CREDENTIAL_READERS))('an address of %s', (_, read) => {
	it.each([...PRIVATE, ...METADATA])(
		'that is private is refused unless the user allows it: %s',
		(given) => {
			expect(() => read(given)).toThrow(/private network.*'Allow Private Addresses'/);
			expect(() => read(given, { allowHttp: true })).toThrow(/'Allow Private Addresses'/);
			expect(() => read(given, { allowPrivate: true })).not.toThrow();
		},
	);

	it.each(PRIVATE_HTTP)(
		'that is private and unencrypted is refused unless the user allows both: %s',
		(given) => {
			expect(() => read(given)).toThrow(/'Allow (Private Addresses|Unencrypted HTTP)'/);
			expect(() => read(given, { allowHttp: true })).toThrow(/'Allow Private Addresses'/);
			expect(() => read(given, { allowPrivate: true, allowHttp: true })).not.toThrow();
		},
	);

	it.each(PUBLIC)('that only resembles a private one is taken: %s', (given) => {
		expect(() => read(given)).not.toThrow();
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
		expect(requestUrl(targetFor('meiroPipes'), 'klaviyo', name)).toBe(
			`${BASE_URL}/collect/klaviyo`,
		);
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
