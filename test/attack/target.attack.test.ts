import type { IDataObject } from 'n8n-workflow';

import { buildEvent } from '../../nodes/MeiroEvents/delivery/build';
import { baseUrlOf, requestUrl, type Target } from '../../nodes/MeiroEvents/delivery/target';
import { AUTOMATIC } from '../unit/meiro/support/events';

const baseUrl = 'https://me.example/ingest';

describe('a Base URL', () => {
	it.each([
		'https://user@me.example',
		'https://user:pass@me.example',
		'https://:pass@me.example',
		'http://127.0.0.1@evil.example',
		'http://localhost:80@evil.example/',
		'https://me.example%40:x@evil.example',
	])('with a user name or password is refused: %s', (given) => {
		expect(() => baseUrlOf({ baseUrl: given })).toThrow(/user name or password/);
	});

	it.each([
		'https://me.example?event_name=x',
		'https://me.example/?',
		'https://me.example/path?',
		'https://me.example/path?#',
		'https://me.example#top',
		'https://me.example/#',
		'https://me.example/path#',
		'https://me.example/#@evil.example',
		'https://me.example/\\?x=1',
	])('with a query or fragment, even an empty one, is refused: %s', (given) => {
		expect(() => baseUrlOf({ baseUrl: given })).toThrow(/query \(\?\) or fragment \(#\)/);
	});

	it.each([
		'ftp://me.example',
		'file:///etc/passwd',
		'ws://me.example',
		'gopher://me.example',
		'javascript:alert(1)',
		'data:text/plain,x',
		'blob:https://me.example/1',
		'unix:/var/run/docker.sock',
		'localhost:8080',
		'me.example:443',
	])('of another scheme is refused: %s', (given) => {
		expect(() => baseUrlOf({ baseUrl: given, allowHttp: true })).toThrow(/https:\/\//);
	});

	it.each([
		'',
		' ',
		'me.example',
		'//me.example',
		'/ingest',
		'https://',
		'https://me .example',
		undefined,
		null,
		7,
		{},
		[],
	])('that is none is refused: %j', (given) => {
		expect(() => baseUrlOf({ baseUrl: given as never })).toThrow(/is not a URL|is empty/);
	});

	it.each([
		'http://localhost.evil.example',
		'http://127.0.0.1.evil.example',
		'http://127.0.0.1.evil.example.',
		'http://localhost.evil',
		'http://notlocalhost',
		'http://evil-localhost',
		'http://localhostevil',
		'http://localhosts',
		'http://127-0-0-1.evil.example',
		'http://[::ffff:127.0.0.1]',
		'http://[::ffff:10.0.0.1]',
		'http://[::]',
		'http://[::2]',
		'http://[2001:db8::1]',
		'http://0.0.0.0',
		'http://126.255.255.255',
		'http://128.0.0.1',
		'http://10.0.0.1',
		'http://169.254.169.254',
		'http://0x80.1',
		'http://lоcalhost',
		'http://evil.example/localhost',
		'http://evil.example\\localhost',
		'http://evil.example:80/127.0.0.1',
		'HTTP://EVIL.EXAMPLE',
		'\thttp://evil.example\n',
		'ht\ntp://evil.example',
	])('with plain http and a host that only resembles this machine is refused: %j', (given) => {
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

describe('a Source', () => {
	it.each([
		'.',
		'..',
		'../admin',
		'a/../b',
		'a/..',
		'./a',
		'a/./b',
		'/../',
		'/..',
		' ../a ',
		'a/../../..',
	])('that climbs is rejected before anything is sent: %j', (source) => {
		expect(draftOf(source)).toMatchObject({
			status: 'rejected',
			reason: expect.stringMatching(/'Source' is not a name/),
		});
	});

	it.each([
		'%2e%2e/admin',
		'%2E%2E%2Fadmin',
		'..%2fadmin',
		'..%5cadmin',
		'..\\admin',
		'\\..\\..\\admin',
		'..;/admin',
		'a\t/\t../b',
		'.. /admin',
		'\u2025/admin',
		'\uff0e\uff0e/admin',
		'@evil.example',
		'evil.example:80',
		'a//evil.example',
		'?event_name=forged',
		'#fragment',
		'a?x=1#y',
		'a&event_name=forged',
		'a\r\nHost: evil.example',
		'a\0b',
		'%00',
		'žluťoučký kůň',
		'...',
	])(
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
		expect(requestUrl(targetFor('meiroPipes'), 'klaviyo', name)).toBe(`${baseUrl}/collect/klaviyo`);
	});
});

function targetFor(product: Target['product']): Target {
	return { product, baseUrl, timeoutMs: 1_000, batchSize: 1, maxRequestBytes: 1_000_000 };
}

function draftOf(source: string) {
	const item: IDataObject = {
		event_id: 'id-1',
		event_name: 'placed_order',
		event_time: '2031-02-03T04:05:06Z',
		profile: { email: 'ana@shop.example' },
	};
	return buildEvent(item, { ...AUTOMATIC, source });
}

function messageOf(action: () => unknown): string {
	try {
		action();
	} catch (error) {
		return (error as Error).message;
	}
	throw new Error('Expected to be refused');
}
