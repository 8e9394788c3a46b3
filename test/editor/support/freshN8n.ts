// An n8n that has nothing but the packed package, installed by README's own command.
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { startKlaviyo, type KlaviyoStandIn } from '../../../sandbox/klaviyo';
import { startMeiro, type MeiroStandIn } from '../../../sandbox/meiro';
import { ensureN8n } from '../../../sandbox/n8n/cache';
import { N8nClient, type Login } from '../../../sandbox/n8n/client';
import { startN8n, type N8nServer } from '../../../sandbox/n8n/server';
import { NEWSLETTER } from '../../../sandbox/demo/world';
import { installCommand, scopesBelow } from './readme';

const ROOT = join(__dirname, '../../..');
const run = promisify(execFile);

export interface FreshN8n {
	n8n: N8nServer;
	login: Login;
	meiro: MeiroStandIn;
	klaviyo: KlaviyoStandIn;
	close(): Promise<void>;
}

export async function startFreshN8n(): Promise<FreshN8n> {
	const folder = await mkdtemp(join(tmpdir(), 'klaviyo-meiro-first-event-'));
	await run('npm', ['pack', '--loglevel=error', '--pack-destination', folder], { cwd: ROOT });
	await run('sh', ['-ec', installCommand()], {
		cwd: folder,
		env: { ...process.env, HOME: folder, npm_config_audit: 'false', npm_config_fund: 'false' },
	});
	const meiro = await startMeiro();
	const klaviyo = await startKlaviyo({
		lists: [NEWSLETTER],
		apiKeys: [{ key: 'pk_sandbox', scopes: scopesBelow('Create the Flow for Me') }],
	});
	const n8n = await startN8n(await ensureN8n(() => undefined), {
		userFolder: folder,
		env: { CREDENTIALS_OVERWRITE_DATA: JSON.stringify(standInsOf(klaviyo)) },
	});
	const login = { email: 'owner@sandbox.example', password: 'Sandbox-2031' };
	await N8nClient.setUp(n8n.url, login);
	return {
		...{ n8n, login, meiro, klaviyo },
		async close() {
			await n8n.stop();
			await Promise.all([meiro.close(), klaviyo.close()]);
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** What this machine needs and no user does: n8n fills it in and takes the fields away, so that the steps stay README's. */
function standInsOf({ apiUrl }: KlaviyoStandIn) {
	return {
		meiroEventsApi: { allowPrivate: true },
		klaviyoPrivateKeyApi: { allowPrivate: true, baseUrl: apiUrl },
	};
}
