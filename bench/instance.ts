import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startKlaviyo, type KlaviyoStandIn } from '../sandbox/klaviyo';
import { startMeiro, type MeiroStandIn } from '../sandbox/meiro';
import type { N8nInstallation } from '../sandbox/n8n/cache';
import { N8nClient, type WorkflowFile } from '../sandbox/n8n/client';
import { installPackage } from '../sandbox/n8n/communityPackage';
import { startN8n, type N8nServer } from '../sandbox/n8n/server';
import { ProcessMeter } from './meter';
import type { Settings } from './settings';

export const SECRET_HEADER = 'x-klaviyo-secret';

/** A real n8n with the package installed, and the stand-ins that it talks to. */
export interface Instance {
	settings: Settings;
	n8n: N8nServer;
	client: N8nClient;
	meiro: MeiroStandIn;
	klaviyo: KlaviyoStandIn;
	meter: ProcessMeter;
	packageName: string;
	secret: string;
	credentials: Record<'webhook' | 'klaviyo' | 'pipes' | 'source', { id: string; name: string }>;
	/** Has something ended with the instance. */
	onClose(end: () => void): void;
	close(): Promise<void>;
}

/** Starts everything on this machine; the caller closes it. */
export async function startInstance(installation: N8nInstallation, settings: Settings): Promise<Instance> {
	const folder = await mkdtemp(join(tmpdir(), 'klaviyo-meiro-bench-'));
	const packageName = await installPackage(folder);
	const meiro = await startMeiro();
	const klaviyo = await startKlaviyo({ rateLimits: false });
	const n8n = await startN8n(installation, { userFolder: folder, env: settings.env });
	const client = await N8nClient.setUp(n8n.url, {
		email: 'owner@sandbox.example',
		password: `Bench-${randomBytes(8).toString('hex')}A1`,
	});
	const secret = randomBytes(24).toString('hex');
	const meiroCredential = async (product: string) =>
		await client.createCredential('meiroEventsApi', product, {
			product,
			baseUrl: meiro.url,
			authentication: 'none',
			timeoutSeconds: 30,
		});
	const ends: Array<() => void> = [];
	return {
		settings,
		n8n,
		client,
		meiro,
		klaviyo,
		meter: new ProcessMeter(n8n.pid, join(folder, '.n8n/database.sqlite'), join(installation.binDirectory, 'node')),
		packageName,
		secret,
		credentials: {
			webhook: await client.createCredential('klaviyoWebhookApi', 'Klaviyo webhook', {
				headerName: SECRET_HEADER,
				secret,
			}),
			klaviyo: await client.createCredential('klaviyoApi', 'Klaviyo', {
				apiKey: 'pk_bench',
				baseUrl: klaviyo.apiUrl,
			}),
			pipes: await meiroCredential('meiroPipes'),
			source: await meiroCredential('meiroEvents'),
		},
		onClose: (end) => void ends.push(end),
		async close() {
			for (const end of ends) end();
			await n8n.stop();
			await Promise.all([meiro.close(), klaviyo.close()]);
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** Publishes a workflow of nodes in a row. @returns the address of its first node's webhook */
export async function publishRow(
	{ client, n8n }: Instance,
	name: string,
	nodes: Array<Omit<WorkflowFile['nodes'][number], 'id' | 'webhookId'> & { typeVersion: number }>,
	path: string,
): Promise<string> {
	const webhookId = randomUUID();
	const workflow = {
		name,
		nodes: nodes.map((node, index) => ({
			...node,
			id: randomUUID(),
			position: [220 * index, 0],
			...(index === 0 ? { webhookId } : {}),
		})),
		connections: Object.fromEntries(
			nodes.slice(1).map((node, index) => [
				nodes[index]!.name,
				{ main: [[{ node: node.name, type: 'main', index: 0 }]] },
			]),
		),
		settings: { executionOrder: 'v1' },
	};
	await client.publish(await client.createWorkflow(workflow as unknown as WorkflowFile));
	return `${n8n.url}/webhook/${path.replace('{id}', webhookId)}`;
}
