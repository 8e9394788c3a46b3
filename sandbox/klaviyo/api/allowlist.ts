import { createHash } from 'node:crypto';

import { notFound } from './errors';
import type { Operation } from './operation';
import { L } from './rate';

// The specification's example, the only ranges it prints.
const PREFIXES = ['207.211.192.0/20', '207.186.206.0/24'];

/** The addresses that deliveries come from; no key needed, and only this one id exists. */
export function allowlistOperation(withLoopback: boolean): Operation {
	const prefixes = withLoopback ? [...PREFIXES, '127.0.0.1/32'] : PREFIXES;
	const sync_token = createHash('sha256').update(prefixes.join()).digest('hex').slice(0, 16);
	const attributes = { prefixes, sync_token, created: '2031-01-15T08:00:00+00:00' };
	return {
		...{ name: 'get_client_ip_allowlist', method: 'GET', path: '/client/ip-allowlists/{id}' },
		scopes: [],
		limits: L,
		run: ({ id, query, baseUrl, path }) => {
			if (id !== 'integration-egress') throw notFound('ip-allowlist', id);
			const wanted = query['fields[ip-allowlist]']?.split(',');
			const shown = Object.entries(attributes).filter(([name]) => wanted?.includes(name) ?? true);
			const links = { self: baseUrl + path };
			const data = { type: 'ip-allowlist', id, attributes: Object.fromEntries(shown), links };
			return { status: 200, body: { data, links } };
		},
	};
}
