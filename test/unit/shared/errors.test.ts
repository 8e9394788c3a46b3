import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import axios from 'axios';

import {
	connectionFailureOf,
	explainConnectionFailure,
} from '../../../nodes/shared/http/connectionFailure';
import { isRetryableCode } from '../../../nodes/shared/http/retry';

const coded = (message: string, code: unknown, cause?: unknown) =>
	Object.assign(new Error(message, { cause }), { code });

describe('the code of a failed request', () => {
	it('is found at the top', () => {
		expect(connectionFailureOf(coded('refused', 'ECONNREFUSED'))).toEqual({
			code: 'ECONNREFUSED',
			message: 'refused',
		});
	});

	it('is found in the cause of the cause, and the message stays that of the top', () => {
		const error = coded(
			'outer',
			undefined,
			coded('middle', undefined, coded('inner', 'ECONNRESET')),
		);
		expect(connectionFailureOf(error)).toEqual({ code: 'ECONNRESET', message: 'outer' });
	});

	it('is the innermost one, which is the socket’s own', () => {
		const error = coded('outer', 'ERR_NETWORK', coded('inner', 'EPIPE'));
		expect(connectionFailureOf(error).code).toBe('EPIPE');
	});

	it('is found where the wrapper of n8n 2.20 leaves it, which keeps no cause', () => {
		const wrapped = { cause: undefined, httpCode: 'ECONNRESET' };
		expect(connectionFailureOf(Object.assign(new Error('closed'), wrapped)).code).toBe(
			'ECONNRESET',
		);
	});

	it('is never a status', () => {
		const wrapped = Object.assign(new Error('x'), { httpCode: '503' });
		expect(connectionFailureOf(wrapped).code).toBeUndefined();
	});

	it('is never a number', () => {
		expect(connectionFailureOf(coded('x', 503)).code).toBeUndefined();
	});

	it('does not take forever to find when causes go round in a circle', () => {
		const error = coded('x', 'ECONNRESET');
		error.cause = error;
		expect(connectionFailureOf(error).code).toBe('ECONNRESET');
	});

	it.each([
		['a text', 'broken', 'broken'],
		['null', null, 'null'],
		['nothing', undefined, 'undefined'],
		['a number', 7, '7'],
	])('is absent when %s was thrown', (_, thrown, message) => {
		expect(connectionFailureOf(thrown)).toEqual({ code: undefined, message });
	});
});

describe('a server that cuts the connection', () => {
	it.each([
		['before the answer', false],
		['in the middle of the answer', true],
	])('%s is asked again', async (_, halfAnAnswer) => {
		const server = createServer((__, response) => {
			if (!halfAnAnswer) {
				response.destroy();
				return;
			}
			response.writeHead(200, { 'Content-Length': '100' });
			response.write('{"half', () => response.destroy());
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		const { port } = server.address() as AddressInfo;
		const error: unknown = await axios
			.post(`http://127.0.0.1:${port}/`, {})
			.catch((e: unknown) => e);
		await new Promise((resolve) => server.close(resolve));

		expect(error).toBeInstanceOf(Error);
		expect(isRetryableCode(connectionFailureOf(error).code)).toBe(true);
	});
});

describe('the sentence on a failed connection', () => {
	const codes = [
		'ECONNREFUSED',
		'ENOTFOUND',
		'EAI_AGAIN',
		'ECONNABORTED',
		'ETIMEDOUT',
		'ECONNRESET',
		'EPIPE',
		'UND_ERR_SOCKET',
		'EPROTO',
		'ERR_SSL_WRONG_VERSION_NUMBER',
		'CERT_HAS_EXPIRED',
		'DEPTH_ZERO_SELF_SIGNED_CERT',
		'SELF_SIGNED_CERT_IN_CHAIN',
		'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
		'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
		'ERR_TLS_CERT_ALTNAME_INVALID',
	];

	it.each(codes)('names the field for %s', (code) => {
		const text = explainConnectionFailure(
			{ code, message: `connect ${code} 10.0.0.1` },
			'Base URL',
		);
		expect(text).toContain("'Base URL'");
	});

	it.each(codes)(
		'does not repeat the code %s, for which n8n would replace the sentence',
		(code) => {
			expect(explainConnectionFailure({ code, message: code }, 'Base URL')).not.toContain(code);
		},
	);

	it('says what went wrong when the code is not known', () => {
		expect(explainConnectionFailure({ message: 'parse error' }, 'Base URL')).toBe(
			"The server in 'Base URL' could not be reached: parse error",
		);
	});
});
