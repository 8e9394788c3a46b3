// Prism (https://github.com/stoplightio/prism) as the official specification's own judge of requests.
import { readdirSync, readFileSync } from 'node:fs';
import {
	createServer,
	type IncomingHttpHeaders,
	type IncomingMessage,
	type Server,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createLogger } from '@stoplight/prism-core';
import { getHttpOperationsFromSpec } from '@stoplight/prism-http';
import { createServer as createPrism } from '@stoplight/prism-http-server';

import {
	Contract,
	loadSlices,
	OPENAPI_FOLDER,
	type Violation,
} from '../../sandbox/klaviyo/api/contract';
import { matchPath } from '../../sandbox/klaviyo/api/operation';
import { requestsOnly } from './requestsOnly';

/** A request that came, and what is wrong with it. */
export interface Judged {
	/** '<METHOD> <path>'. */
	request: string;
	query: Record<string, string>;
	body: string;
	/** Prism's answer: 422 for a request that the specification doesn't allow. */
	status: number;
	/** What Prism objects to. */
	objections: string[];
	/**
	 * What the stand-in's own check objects to: it knows what OpenAPI leaves open, such as filters and
	 * parameters that there are none of.
	 */
	violations: Violation[];
}

export interface Judge {
	url: string;
	/** Since the last call. */
	judged(): Judged[];
	close(): Promise<void>;
}

/**
 * Prism serves what the specification says; in front of it stands what takes notes.
 *
 * @param requests that are to be expected, as '<METHOD> <path>': Prism takes long to read all of them
 */
export async function startPrism(requests: string[]): Promise<Judge> {
	const isExpected = (method: string, template: string) =>
		requests.some((request) => {
			const [ofRequest, path = ''] = request.split(' ');
			return ofRequest === method && matchPath(template, path) !== null;
		});
	const files = readdirSync(OPENAPI_FOLDER).filter((file) => file.endsWith('.json'));
	const documents = files
		.map(
			(file) => JSON.parse(readFileSync(join(OPENAPI_FOLDER, file), 'utf8')) as { paths: object },
		)
		.map((document) => requestsOnly({ ...document }, isExpected))
		.filter(({ paths }) => Object.keys(paths as object).length > 0);
	const operations = await Promise.all(
		documents.map(async (document) => await getHttpOperationsFromSpec(document)),
	);
	const prism = createPrism(operations.flat(), {
		cors: false,
		config: {
			isProxy: false,
			checkSecurity: true,
			errors: true,
			validateRequest: true,
			validateResponse: false,
			upstreamProxy: undefined,
			mock: { dynamic: false },
		},
		components: { logger: createLogger('Prism', { level: 'silent' }) },
	});
	const address = await prism.listen(0, '127.0.0.1');
	const contract = new Contract(loadSlices());
	let notes: Judged[] = [];
	const front = createServer((request, response) => {
		void judge(request, address, contract).then(({ judged, answer, type }) => {
			notes.push(judged);
			response.writeHead(judged.status, { 'Content-Type': type }).end(answer);
		});
	});
	return {
		url: await listen(front),
		judged: () => {
			const since = notes;
			notes = [];
			return since;
		},
		close: async () => {
			front.closeAllConnections();
			await new Promise((resolve) => front.close(resolve));
			await prism.close();
		},
	};
}

async function judge(request: IncomingMessage, address: string, contract: Contract) {
	const chunks: Buffer[] = [];
	for await (const chunk of request) chunks.push(chunk as Buffer);
	const body = Buffer.concat(chunks);
	const { method = 'GET', url = '/', headers } = request;
	const { pathname: path, searchParams } = new URL(url, address);
	const query = Object.fromEntries(searchParams);
	const violations = contract.check({ method, path, query, headers, body });

	const answer = await fetch(`${address}${url}`, {
		method,
		headers: forwarded(headers),
		...(body.length === 0 ? {} : { body }),
	});
	const text = await answer.text();
	const type = answer.headers.get('content-type') ?? 'application/json';
	const judged: Judged = {
		request: `${method} ${path}`,
		query,
		body: body.toString('utf8'),
		status: answer.status,
		objections: type.includes('problem+json') ? objectionsIn(text) : [],
		violations,
	};
	return { judged, answer: text, type };
}

/** What fetch sets itself stays behind. */
function forwarded(headers: IncomingHttpHeaders): Record<string, string> {
	const own = ['connection', 'content-length', 'host', 'transfer-encoding'];
	const sent = Object.entries(headers).filter(([name]) => !own.includes(name));
	return Object.fromEntries(sent) as Record<string, string>;
}

function objectionsIn(text: string): string[] {
	const { detail, validation = [] } = JSON.parse(text) as {
		detail?: string;
		validation?: Array<{ location?: string[]; message?: string }>;
	};
	if (validation.length === 0) return [String(detail)];
	return validation.map(({ location = [], message }) => `${location.join('.')}: ${message}`);
}

async function listen(server: Server): Promise<string> {
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
