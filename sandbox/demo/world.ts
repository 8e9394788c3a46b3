import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startKlaviyo, type KlaviyoStandIn } from '../klaviyo';
import { startMeiro, type MeiroStandIn } from '../meiro';
import { ensureN8n, type N8nInstallation, type Progress } from '../n8n/cache';
import { N8nClient, type Login, type WorkflowFile } from '../n8n/client';
import { installPackage } from '../n8n/communityPackage';
import { freePort } from '../n8n/ports';
import { startN8n, type N8nServer } from '../n8n/server';
import { startGateway, type Gateway } from './gateway';

const TEMPLATES = join(__dirname, '../../templates');
const TRIGGER = 'klaviyoTrigger';

export const LOGIN: Login = { email: 'owner@sandbox.example', password: 'Sandbox-2031' };

/** The list that subscribers join in the stand-in's account. */
export const NEWSLETTER = { id: 'NEWSL1', name: 'Newsletter' };

/** What a user of the package has around them, all on this machine. */
export interface World {
	klaviyo: KlaviyoStandIn;
	meiro: MeiroStandIn;
	n8n: N8nServer;
	gateway: Gateway;
	client: N8nClient;
	packageName: string;
	webhook: { header: string; secret: string };
	credentials: Record<string, { id: string; name: string }>;
}

/** A workflow made from a template, published. */
export interface PublishedTemplate {
	template: string;
	workflowId: string;
	/** The trigger's production URL, at n8n itself and through the gateway. */
	url: string;
	gatewayUrl: string;
	/** What the trigger's panel shows to copy, by the parameter's name. */
	bodies: Record<string, string>;
}

/** The steps of building a world, for a display that tells each as it goes. */
export class WorldBuilder {
	private installation?: N8nInstallation;
	private folder?: string;
	private packageName = '';
	private standIns?: { klaviyo: KlaviyoStandIn; meiro: MeiroStandIn };
	private n8n?: N8nServer;
	private gateway?: Gateway;

	async install(progress: Progress): Promise<string> {
		this.installation = await ensureN8n(progress);
		return this.installation.version;
	}

	async installPackage(): Promise<string> {
		this.folder = await mkdtemp(join(tmpdir(), 'klaviyo-meiro-sandbox-'));
		this.packageName = await installPackage(this.folder);
		return this.packageName;
	}

	async startStandIns(): Promise<void> {
		this.standIns = {
			klaviyo: await startKlaviyo({ port: await freePort(4300), lists: [NEWSLETTER] }),
			meiro: await startMeiro({ port: await freePort(4400) }),
		};
	}

	async startN8n(): Promise<string> {
		this.n8n = await startN8n(this.installation!, { userFolder: this.folder! });
		return this.n8n.url;
	}

	async finish(): Promise<World> {
		const n8n = this.n8n!;
		const { klaviyo, meiro } = this.standIns!;
		const gateway = await startGateway(n8n.url);
		this.gateway = gateway;
		const client = await N8nClient.setUp(n8n.url, LOGIN);
		const webhook = { header: 'X-Klaviyo-Secret', secret: randomBytes(24).toString('hex') };
		const credentials = {
			klaviyoWebhookApi: await client.createCredential('klaviyoWebhookApi', 'Klaviyo webhook', {
				headerName: webhook.header,
				secret: webhook.secret,
			}),
			klaviyoApi: await client.createCredential('klaviyoApi', 'Klaviyo', {
				apiKey: 'pk_sandbox',
				baseUrl: klaviyo.apiUrl,
			}),
			meiroEventsApi: await client.createCredential('meiroEventsApi', 'Meiro Events', {
				product: 'meiroEvents',
				baseUrl: meiro.url,
				authentication: 'none',
				timeoutSeconds: 5,
			}),
		};
		return {
			klaviyo,
			meiro,
			n8n,
			gateway,
			client,
			packageName: this.packageName,
			webhook,
			credentials,
		};
	}

	/** Ends and removes whatever has been made so far. */
	async close(): Promise<void> {
		await this.standIns?.klaviyo.close();
		await this.gateway?.close();
		await this.n8n?.stop();
		await this.standIns?.meiro.close();
		if (this.folder !== undefined) await rm(this.folder, { recursive: true, force: true });
	}
}

/** Imports templates/<name>.json, fills in the credentials and publishes it, as a user does in the editor. */
export async function publishTemplate(
	world: World,
	name: string,
	triggerParameters: Record<string, unknown> = {},
): Promise<PublishedTemplate> {
	const file = JSON.parse(
		await readFile(join(TEMPLATES, `${name}.json`), 'utf8'),
	) as WorkflowFile;
	const triggerType = `${world.packageName}.${TRIGGER}`;
	const nodes = file.nodes.map((node) => withCredentials(world, node));
	const trigger = nodes.find(({ type }) => type === triggerType)!;
	// The editor gives imported triggers an address of their own, too.
	trigger.webhookId = randomUUID();
	trigger.parameters = { ...trigger.parameters, ...triggerParameters };
	const workflow = { ...file, nodes };
	const created = await world.client.createWorkflow(workflow);
	await world.client.publish(created);

	const path = `webhook/${trigger.webhookId}/klaviyo`;
	return {
		template: name,
		workflowId: created.id,
		url: `${world.n8n.url}/${path}`,
		gatewayUrl: `${world.gateway.url}/${path}`,
		bodies: await shownBodies(world, trigger.type),
	};
}

function withCredentials(world: World, node: WorkflowFile['nodes'][number]): WorkflowFile['nodes'][number] {
	const wanted: Record<string, string[]> = {
		[`${world.packageName}.${TRIGGER}`]: ['klaviyoWebhookApi', 'klaviyoApi'],
		[`${world.packageName}.meiroEvents`]: ['meiroEventsApi'],
	};
	const names = wanted[node.type];
	return names === undefined
		? node
		: {
				...node,
				credentials: Object.fromEntries(names.map((name) => [name, world.credentials[name]!])),
			};
}

interface NodeTypeDescription {
	name: string;
	properties: Array<{ name: string; default: unknown }>;
}

/** The bodies that the editor shows for copying: asked of n8n, not of our source. */
async function shownBodies(world: World, type: string): Promise<Record<string, string>> {
	const types = await world.client.raw<NodeTypeDescription[]>('/types/nodes.json');
	const { properties } = types.find(({ name }) => name === type)!;
	return Object.fromEntries(
		properties
			.filter((property) => property.name.endsWith('Body') && typeof property.default === 'string')
			.map((property) => [property.name, property.default as string]),
	);
}
