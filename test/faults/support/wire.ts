// A stranger who knows the URL of a real n8n, and writes to its socket whatever they like.
import { connect } from 'node:net';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';

import { SECRET_HEADER } from '../../../sandbox/instance';

/** One request, byte by byte. */
export interface WireAttack {
	what: string;
	bytes: Buffer;
}

const MB = 1024 * 1024;
/** Those that n8n parses, each in a way of its own, and none. */
const CONTENT_TYPES = [
	'application/json',
	'text/plain',
	'application/x-www-form-urlencoded',
	'application/xml',
	'',
];
const EVENT = '{"event_name":"placed_order","email":"eve@shop.example"}';

export function requestBytes(
	url: string,
	headers: string[],
	body: string | Buffer = EVENT,
	requestLine?: string,
): Buffer {
	const { pathname, host } = new URL(url);
	const hasLength = headers.some((line) => /^(content-length|transfer-encoding)/i.test(line));
	const lines = [
		requestLine ?? `POST ${pathname} HTTP/1.1`,
		`Host: ${host}`,
		'Connection: close',
		...(hasLength ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
		...headers,
	];
	return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), Buffer.from(body)]);
}

const contentType = (type: string) => (type === '' ? [] : [`Content-Type: ${type}`]);
const JSON_TYPE = 'Content-Type: application/json';

/** At a flow webhook: all without the secret, or with it where it must open nothing. */
export function flowAttacks(url: string, secret: string, payloads: Payload[]): WireAttack[] {
	return [
		...headerAttacks(url, secret),
		...requestLineAttacks(url, secret),
		...bodyAttacks(url, payloads),
	];
}

/** At a system webhook, which is judged by its body: all with a signature that is made up. */
export function systemAttacks(url: string, payloads: Payload[]): WireAttack[] {
	const madeUp = [
		`Klaviyo-Signature: ${'0'.repeat(64)}`,
		`Klaviyo-Timestamp: ${new Date().toUTCString()}`,
		'Klaviyo-Webhook-Id: 0',
	];
	return bodyAttacks(url, payloads, madeUp).map(({ what, bytes }) => ({
		what: `system webhook: ${what}`,
		bytes,
	}));
}

/** What a body can be made of to cost much, the same for every address. */
export interface Payload {
	what: string;
	headers: string[];
	body: string | Buffer;
}

export function hostilePayloads(): Payload[] {
	return [...hostileBodies(), ...bombs()];
}

function bodyAttacks(url: string, payloads: Payload[], more: string[] = []): WireAttack[] {
	return payloads.map(({ what, headers, body }) => ({
		what,
		bytes: requestBytes(url, [...headers, ...more], body),
	}));
}

function headerAttacks(url: string, secret: string): WireAttack[] {
	const right = `${SECRET_HEADER}: ${secret}`;
	const wrong = `${SECRET_HEADER}: ${secret.slice(0, -1)}`;
	const lines: Array<[what: string, lines: string[]]> = [
		['no secret', []],
		['a wrong one', [wrong]],
		['an empty one', [`${SECRET_HEADER}:`]],
		['wrong, then right', [wrong, right]],
		['right, then wrong', [right, wrong]],
		['right twice', [right, right]],
		[
			'right twice in two cases',
			[right, right.toUpperCase().replace(secret.toUpperCase(), secret)],
		],
		['folded over two lines', [`${SECRET_HEADER}: ${secret.slice(0, 5)}\r\n ${secret.slice(5)}`]],
		['a blank before the colon', [`${SECRET_HEADER} : ${secret}`]],
		['a blank before the name', [` ${right}`]],
		['behind a bare line feed', [`X-Other: 1\n${right}`]],
		['behind a bare carriage return', [`X-Other: 1\r${right}`]],
		['a NUL in the value', [`${right}\0`]],
		['a NUL in the name', [`${SECRET_HEADER}\0: ${secret}`]],
		['with an underscore', [`${SECRET_HEADER.replaceAll('-', '_')}: ${secret}`]],
		['as bearer token', [`Authorization: Bearer ${secret}`]],
		[
			'as basic login',
			[`Authorization: Basic ${Buffer.from(`${SECRET_HEADER}:${secret}`).toString('base64')}`],
		],
		['as cookie', [`Cookie: ${SECRET_HEADER}=${secret}`]],
		['forwarded', [`X-Forwarded-${SECRET_HEADER}: ${secret}`]],
		[
			'as this machine',
			['X-Forwarded-For: 127.0.0.1', 'X-Real-IP: 127.0.0.1', 'Forwarded: for=127.0.0.1'],
		],
		['as another method', ['X-HTTP-Method-Override: GET']],
		['in base64', [`${SECRET_HEADER}: ${Buffer.from(secret).toString('base64')}`]],
		['in quotes', [`${SECRET_HEADER}: "${secret}"`]],
		[
			'percent-encoded',
			[`${SECRET_HEADER}: ${[...secret].map((c) => `%${c.charCodeAt(0).toString(16)}`).join('')}`],
		],
		['an address for the log', [`${SECRET_HEADER}: \${jndi:ldap://127.0.0.1/x}`]],
		['an expression', [`${SECRET_HEADER}: ={{ $credentials.secret }}`]],
		['a megabyte of it', [`${SECRET_HEADER}: ${secret.repeat(20_000)}`]],
		['ten thousand headers', Array.from({ length: 10_000 }, (_, n) => `X-${n}: 1`)],
	];
	return lines.flatMap(([what, own]) => [
		{ what: `header: ${what}`, bytes: requestBytes(url, [JSON_TYPE, ...own]) },
		{
			what: `header, as text: ${what}`,
			bytes: requestBytes(url, ['Content-Type: text/plain', ...own]),
		},
	]);
}

function requestLineAttacks(url: string, secret: string): WireAttack[] {
	const { pathname } = new URL(url);
	const test = pathname.replace('/webhook/', '/webhook-test/');
	const paths = [
		`${pathname}?${SECRET_HEADER}=${secret}`,
		`${pathname}?headers[${SECRET_HEADER}]=${secret}`,
		`${pathname}#${secret}`,
		`${pathname}/`,
		`${pathname}//`,
		`/${pathname}`,
		`${pathname}/../klaviyo`,
		`${pathname}%2f`,
		pathname.toUpperCase(),
		test,
		pathname.replace('/webhook/', '/webhook-waiting/'),
		pathname.replace('/webhook/', '/form/'),
		pathname.replace('klaviyo', '%6blaviyo'),
		`${pathname};${SECRET_HEADER}=${secret}`,
		`http://${new URL(url).host}${pathname}`,
		'*',
	];
	const whole = requestBytes(url, [JSON_TYPE]).toString('latin1');
	const smuggled = whole.replace('Connection: close', 'Connection: keep-alive');
	return [
		...paths.map((path) => ({
			what: `path ${path.replace(secret, '…')}`,
			bytes: requestBytes(url, [JSON_TYPE], EVENT, `POST ${path} HTTP/1.1`),
		})),
		...['PUT', 'PATCH', 'DELETE', 'GET', 'TRACE', 'CONNECT', 'PROPFIND', 'post', 'EVIL'].map(
			(method) => ({
				what: `method ${method}`,
				bytes: requestBytes(url, [JSON_TYPE], EVENT, `${method} ${pathname} HTTP/1.1`),
			}),
		),
		{ what: 'HTTP/1.0', bytes: requestBytes(url, [JSON_TYPE], EVENT, `POST ${pathname} HTTP/1.0`) },
		{ what: 'HTTP/0.9', bytes: Buffer.from(`POST ${pathname}\r\n\r\n`) },
		{
			what: 'two lengths',
			bytes: requestBytes(url, [JSON_TYPE, 'Content-Length: 0', `Content-Length: ${EVENT.length}`]),
		},
		{ what: 'a length below nothing', bytes: requestBytes(url, [JSON_TYPE, 'Content-Length: -1']) },
		{
			what: 'length and chunks',
			bytes: requestBytes(
				url,
				[JSON_TYPE, 'Content-Length: 4', 'Transfer-Encoding: chunked'],
				`0\r\n\r\n${smuggled}`,
			),
		},
		{
			what: 'chunks in disguise',
			bytes: requestBytes(url, [JSON_TYPE, 'Transfer-Encoding: xchunked'], `0\r\n\r\n${smuggled}`),
		},
		{
			what: 'a chunk of no size',
			bytes: requestBytes(
				url,
				[JSON_TYPE, 'Transfer-Encoding: chunked'],
				`ffffffffffffffff\r\n${EVENT}`,
			),
		},
		{
			what: 'the secret in a trailer',
			bytes: requestBytes(
				url,
				[JSON_TYPE, 'Transfer-Encoding: chunked', `Trailer: ${SECRET_HEADER}`],
				`${EVENT.length.toString(16)}\r\n${EVENT}\r\n0\r\n${SECRET_HEADER}: ${secret}\r\n\r\n`,
			),
		},
		{
			what: 'a second request in the body',
			bytes: requestBytes(url, [JSON_TYPE], `${EVENT}\r\n\r\n${smuggled}`),
		},
	];
}

function hostileBodies(): Payload[] {
	const bodies: Array<[what: string, body: string | Buffer]> = [
		['15 MB of text', `{"email":"${'x'.repeat(15 * MB)}"}`],
		['40 MB of text', `{"email":"${'x'.repeat(40 * MB)}"}`],
		['200,000 levels', `${'['.repeat(200_000)}${']'.repeat(200_000)}`],
		['200,000 levels of objects', `${'{"a":'.repeat(200_000)}1${'}'.repeat(200_000)}`],
		['200,000 levels without an end', '{"a":'.repeat(200_000)],
		['200,000 keys', `{${Array.from({ length: 200_000 }, (_, n) => `"k${n}":1`).join(',')}}`],
		['200,000 entries', `[${'{},'.repeat(200_000)}{}]`],
		['a number of 200,000 digits', `{"value":${'9'.repeat(200_000)}}`],
		['quotes that end nothing', `{"a":"${'" '.repeat(200_000)}`],
		['60,000 commas', `{"a":${','.repeat(60_000)}x`],
		['a megabyte of commas', `{"a":${','.repeat(MB)}x]`],
		['a megabyte of line ends', `{"a":y${'\n'.repeat(MB)}x]`],
		['a megabyte of blanks', `{"a":y${' '.repeat(MB)}x]`],
		['NULs', Buffer.alloc(MB)],
		['no text at all', Buffer.from([0xff, 0xfe, 0xfd, 0x80, 0x81])],
		[
			'entities that multiply',
			`<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">${Array.from({ length: 9 }, (_, n) => `<!ENTITY ${'b'.repeat(n + 1)} "${(n === 0 ? '&a;' : `&${'b'.repeat(n)};`).repeat(10)}">`).join('')}]><a>&bbbbbbbbb;</a>`,
		],
		[
			'a file of this machine',
			'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><a>&a;</a>',
		],
		['a prototype', '{"__proto__":{"granted":true},"constructor":{"prototype":{"granted":true}}}'],
	];
	return bodies.flatMap(([what, body]) =>
		CONTENT_TYPES.map((type) => ({
			what: `${what} as ${type || 'nothing'}`,
			headers: contentType(type),
			body,
		})),
	);
}

/** 256 MB of blanks, packed once and twice. */
function bombs(): Payload[] {
	const blanks = Buffer.alloc(256 * MB, 0x20);
	const gzip = gzipSync(blanks, { level: 9 });
	const packed: Array<[encoding: string, body: Buffer]> = [
		['gzip', gzip],
		['GZIP', gzip],
		['x-gzip', gzip],
		['gzip, gzip', gzipSync(gzip)],
		['deflate', deflateSync(blanks, { level: 9 })],
		['deflate', deflateRawSync(blanks, { level: 9 })],
		['br', brotliCompressSync(blanks)],
		['gzip', gzip.subarray(0, gzip.length / 2)],
		['gzip', Buffer.from(EVENT)],
		['identity', gzip],
	];
	return packed.flatMap(([encoding, body]) =>
		['application/json', 'text/plain', ''].map((type) => ({
			what: `256 MB as ${encoding} of ${body.length} bytes, ${type || 'no type'}`,
			headers: [`Content-Encoding: ${encoding}`, ...contentType(type)],
			body,
		})),
	);
}

const ANSWER_WITHIN_MS = 10_000;

/** @returns the first status that comes back, or null when none does */
export async function writeToSocket(url: string, bytes: Buffer): Promise<number | null> {
	const { hostname, port } = new URL(url);
	return await new Promise((resolve) => {
		const socket = connect(Number(port), hostname);
		let text = '';
		const end = () => {
			socket.destroy();
			resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1] ?? NaN) || null);
		};
		socket.setTimeout(ANSWER_WITHIN_MS, end);
		socket.on('data', (part: Buffer) => {
			text += part.toString('latin1');
			if (text.includes('\r\n')) end();
		});
		socket.on('error', end);
		socket.on('close', end);
		socket.write(bytes);
	});
}
