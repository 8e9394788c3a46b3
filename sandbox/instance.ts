import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startKlaviyo, type KlaviyoOptions, type KlaviyoStandIn } from './klaviyo';
import { startMeiro, type MeiroStandIn } from './meiro';
import type { N8nInstallation } from './n8n/cache';
import { N8nClient, type Login, type WorkflowFile } from './n8n/client';
import { installPackage } from './n8n/communityPackage';
import { startN8n, type N8nOptions, type N8nServer } from './n8n/server';

export const SECRET_HEADER = 'x-klaviyo-secret';

/** A real n8n with the package installed, and the stand-ins that it talks to. */
export interface Instance {
	/** n8n's home, which goes with the instance. */
	folder: string;
	n8n: N8nServer;
	login: Login;
	client: N8nClient;
	meiro: MeiroStandIn;
	klaviyo: KlaviyoStandIn;
	packageName: string;
	secret: string;
	credentials: Record<'webhook' | 'klaviyo' | 'pipes' | 'source', { id: string; name: string }>;
	/** Has something ended with the instance, before n8n. */
	onClose(end: () => void | Promise<void>): void;
	close(): Promise<void>;
}

/**
 * Starts everything on this machine; the caller closes it. `start` may start more of n8n than one process; it gives main.
 * `install` puts packages into n8n's home and gives the name of one of them.
 */
export async function startInstance(
	installation: N8nInstallation,
	env: Record<string, string> = {},
	start = async (options: N8nOptions): Promise<N8nServer> => await startN8n(installation, options),
	install: (userFolder: string) => Promise<string> = installPackage,
	klaviyoOptions: KlaviyoOptions = { rateLimits: false },
): Promise<Instance> {
	const folder = await mkdtemp(join(tmpdir(), 'klaviyo-meiro-n8n-'));
	const packageName = await install(folder);
	const meiro = await startMeiro();
	const klaviyo = await startKlaviyo(klaviyoOptions);
	const n8n = await start({ userFolder: folder, env }).catch(async (error: unknown) => {
		// The folder stays: n8n's log in it says why.
		await Promise.all([meiro.close(), klaviyo.close()]);
		return await Promise.reject(error);
	});
	const login = {
		email: 'owner@sandbox.example',
		password: `Sandbox-${randomBytes(8).toString('hex')}`,
	};
	const client = await N8nClient.setUp(n8n.url, login);
	const secret = randomBytes(24).toString('hex');
	const meiroCredential = async (product: string) =>
		await client.createCredential('meiroEventsApi', product, {
			product,
			baseUrl: meiro.url,
			allowPrivate: true,
			authentication: 'none',
			timeoutSeconds: 30,
		});
	const ends: Array<() => void | Promise<void>> = [];
	return {
		folder,
		n8n,
		login,
		client,
		meiro,
		klaviyo,
		packageName,
		secret,
		credentials: {
			webhook: await client.createCredential('klaviyoWebhookApi', 'Klaviyo webhook', {
				headerName: SECRET_HEADER,
				secret,
			}),
			klaviyo: await client.createCredential('klaviyoPrivateKeyApi', 'Klaviyo', {
				apiKey: 'pk_sandbox',
				baseUrl: klaviyo.apiUrl,
				allowPrivate: true,
			}),
			pipes: await meiroCredential('meiroPipes'),
			source: await meiroCredential('meiroEvents'),
		},
		onClose: (end) => void ends.push(end),
		async close() {
			for (const end of ends) await end();
			await n8n.stop();
			await Promise.all([meiro.close(), klaviyo.close()]);
			await rm(folder, { recursive: true, force: true });
		},
	};
}

export type RowNode = Omit<WorkflowFile['nodes'][number], 'id' | 'webhookId'> & {
	typeVersion: number;
	onError?: string;
};

/** Publishes a workflow of nodes in a row. @returns the address of its first node's webhook */
export async function publishRow(
	{ client, n8n }: Pick<Instance, 'client' | 'n8n'>,
	name: string,
	nodes: RowNode[],
	path: string,
	settings: Record<string, unknown> = {},
): Promise<{ url: string; workflowId: string }> {
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
			nodes
				.slice(1)
				.map((node, index) => [
					nodes[index]!.name,
					{ main: [[{ node: node.name, type: 'main', index: 0 }]] },
				]),
		),
		settings: { executionOrder: 'v1', ...settings },
	};
	const created = await client.createWorkflow(workflow as unknown as WorkflowFile);
	await client.publish(created);
	return { url: `${n8n.url}/webhook/${path.replace('{id}', webhookId)}`, workflowId: created.id };
}
