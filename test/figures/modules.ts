// How many modules of the package have a function that is called while one delivery goes from Klaviyo Trigger to Meiro
// Pipes on n8n's engine. Run: npm run check:modules
import '../support/environment';
import '../faults/support/resolve';

import { createServer } from 'node:http';
import { Session, type Profiler } from 'node:inspector/promises';
import type { AddressInfo } from 'node:net';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

import { callTrigger, executeMeiroEvents, MemoryCredentials } from '../engine/support/engine';

const HOME = join(__dirname, '../..');
const SECRET = 'the-secret-of-the-lamp-shop';

async function deliverOne(url: string): Promise<void> {
	const { items } = await callTrigger(
		{
			credentials: new MemoryCredentials({
				klaviyoWebhookApi: { headerName: 'X-Klaviyo-Secret', secret: SECRET },
			}),
			parameters: { setUp: 'manual' },
		},
		{
			headers: { 'x-klaviyo-secret': SECRET, 'x-klaviyo-flow-id': 'RepFlw' },
			body: '{"metric":"Placed Order","email":"ana@shop.example","event_id":"1001"}',
		},
	);
	const { main, failure } = await executeMeiroEvents(
		items.map(({ json }) => json),
		{
			credentials: new MemoryCredentials({
				meiroEventsApi: {
					...{ product: 'meiroPipes', baseUrl: url, allowPrivate: true },
					...{ authentication: 'none', timeoutSeconds: 10 },
				} as never,
			}),
		},
	);
	const [outcome] = main;
	if (outcome?.json.status !== 'delivered') {
		throw new Error(`Not delivered: ${JSON.stringify(outcome ?? failure?.message)}`);
	}
}

/** Files of nodes/ and credentials/ with a called function; what ran when a module was loaded is not counted. */
function calledModules(scripts: Profiler.ScriptCoverage[]): string[] {
	const called = scripts.filter(({ functions }) =>
		functions.some(({ functionName, ranges }) => functionName !== '' && ranges[0]!.count > 0),
	);
	return called
		.map(({ url }) => relative(HOME, url.startsWith('file:') ? fileURLToPath(url) : url))
		.filter((file) => /^(nodes|credentials)\//.test(file))
		.sort();
}

async function main(): Promise<void> {
	const server = createServer((request, response) => {
		request.resume().on('end', () => response.end());
	});
	await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
	const session = new Session();
	session.connect();
	await session.post('Profiler.enable');
	await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
	await deliverOne(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
	const { result } = await session.post('Profiler.takePreciseCoverage');
	const modules = calledModules(result);
	if (process.argv.includes('--list')) console.log(modules.join('\n'));
	console.log(`${modules.length} modules have a function that one delivery to Pipes calls`);
}

main().then(
	() => process.exit(0),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
