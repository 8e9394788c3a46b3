import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { startKlaviyo, type KlaviyoStandIn } from '../klaviyo';
import { startMeiro, type MeiroStandIn } from '../meiro';
import { ensureN8n, type N8nInstallation, type Progress } from '../n8n/cache';
import { N8nClient, type Login, type WorkflowNode } from '../n8n/client';
import { buildPackage, installPackage, renewPackage } from '../n8n/communityPackage';
import { freePort } from '../n8n/ports';
import { startN8n, type N8nServer } from '../n8n/server';
import { importTemplate, type FilledIn } from '../n8n/templates';
import { startGateway, type Gateway } from './gateway';
import { PIPES_SECRET, pipesSource } from './pipesSource';

const TRIGGER = 'klaviyoTrigger';

export const LOGIN: Login = { email: 'owner@sandbox.example', password: 'Sandbox-2031' };

/** The list that subscribers join in the stand-in's account. */
export const NEWSLETTER = { id: 'NEWSL1', name: 'Newsletter' };

/** What Klaviyo calls the stand-in's shop; the metrics of other integrations have the same names. */
export const SHOP = 'Lamp Shop';

/** The metrics of the stand-in's shop, one of each, so that nothing has to be chosen between two of a name. */
export const METRICS = {
	'Started Checkout': 'METCHK',
	'Placed Order': 'METORD',
	'Canceled Order': 'METCAN',
	'Refunded Order': 'METREF',
	'Submitted review': 'METREV',
	'Ready to review': 'METRDY',
	'Answered Survey': 'METSUR',
};

/** Segments of the stand-in's account. */
export const SEGMENTS = {
	'At risk': 'SEGRSK',
	'Born on 29 February': 'SEGFEB',
	Lapsed: 'SEGLAP',
};

/** The segment of the stand-in's Meiro with those who bought in a store lately: every fifth of its customers. */
export const BOUGHT_ELSEWHERE = 12;

const MEIRO_SEGMENTS = [{ id: BOUGHT_ELSEWHERE, name: 'Bought elsewhere' }];

/** Customers whom Meiro knows by their email address, `person-0@shop.example` and on. */
const CUSTOMERS = Array.from({ length: 60 }, (_, index) => ({
	customer_entity_id: `meiro-${index}`,
	attributes: { ps_email_address: [`person-${index}@shop.example`] },
	segments: index % 5 === 0 ? [BOUGHT_ELSEWHERE] : [],
}));

/** A metric, list or segment as chosen in the editor. */
export function chosen(name: string, id: string): Record<string, unknown> {
	return { __rl: true, mode: 'list', value: id, cachedResultName: name };
}

export function chosenMetric(name: keyof typeof METRICS): Record<string, unknown> {
	return chosen(name, METRICS[name]);
}

/** The user of the Meiro CDP that n8n signs in as. */
const CDP_USER = { email: 'n8n@shop.example', password: 'stand-in' };

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

/** The addresses of one trigger: at n8n itself and through the gateway. */
export interface TriggerAddress {
	url: string;
	gatewayUrl: string;
}

/** A workflow made from a template, published. */
export interface PublishedTemplate {
	template: string;
	workflowId: string;
	/** How many events Meiro had before: a trigger that polls does so while it is published. */
	eventsBefore: number;
	/** The production URL of the first Klaviyo Trigger that takes deliveries with the secret; '' where the template has none. */
	url: string;
	gatewayUrl: string;
	/** Of all Klaviyo Triggers, by the node's name. */
	triggers: Record<string, TriggerAddress>;
	/** What the trigger's panel shows to copy, by the parameter's name. */
	bodies: Record<string, string>;
}

/** On the preferred port when it is free, on any other when some process takes it just then. */
async function onPort<T>(preferred: number, start: (port: number) => Promise<T>): Promise<T> {
	return await start(await freePort(preferred)).catch(async () => await start(0));
}

/** The steps of building a world, for a display that tells each as it goes. */
export class WorldBuilder {
	private installation?: N8nInstallation;
	private folder?: string;
	private packageName = '';
	private standIns?: { klaviyo: KlaviyoStandIn; meiro: MeiroStandIn };
	private n8n?: N8nServer;
	private gateway?: Gateway;

	/** dist/ from the sources of this checkout. */
	async build(): Promise<void> {
		await buildPackage();
	}

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
			klaviyo: await onPort(
				4300,
				async (port) =>
					await startKlaviyo({
						port,
						lists: [NEWSLETTER],
						metrics: Object.entries(METRICS).map(([name, id]) => ({
							name,
							id,
							integration: { name: SHOP },
						})),
						segments: Object.entries(SEGMENTS).map(([name, id]) => ({ name, id })),
					}),
			),
			meiro: await onPort(
				4400,
				async (port) =>
					await startMeiro({
						port,
						cdp: { customers: CUSTOMERS, segments: MEIRO_SEGMENTS },
						...pipesSource(),
					}),
			),
		};
	}

	/** The package as it is built now, for an n8n that looks for changes (N8N_DEV_RELOAD). */
	async renewPackage(): Promise<void> {
		await renewPackage(this.folder!, this.packageName);
	}

	/** @param env further settings of n8n */
	async startN8n(env?: Record<string, string>): Promise<string> {
		this.n8n = await startN8n(this.installation!, {
			userFolder: this.folder!,
			env,
		});
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
			klaviyoPrivateKeyApi: await client.createCredential('klaviyoPrivateKeyApi', 'Klaviyo', {
				apiKey: 'pk_sandbox',
				baseUrl: klaviyo.apiUrl,
				allowPrivate: true,
			}),
			meiroEventsApi: await client.createCredential('meiroEventsApi', 'Meiro Events', {
				product: 'meiroEvents',
				baseUrl: meiro.url,
				allowPrivate: true,
				authentication: 'none',
				timeoutSeconds: 5,
			}),
			meiroPipesApi: await client.createCredential('meiroEventsApi', 'Meiro Pipes', {
				product: 'meiroPipes',
				baseUrl: meiro.url,
				allowPrivate: true,
				authentication: 'header',
				authName: PIPES_SECRET.header,
				authSecret: PIPES_SECRET.value,
				timeoutSeconds: 5,
			}),
			meiroCdpApi: await client.createCredential('meiroCdpApi', 'Meiro CDP', {
				baseUrl: `${meiro.url}/api`,
				authentication: 'password',
				...CDP_USER,
				audienceUrl: meiro.url,
				pipesUrl: meiro.url,
				pipesToken: 'mppak_stand_in',
				allowPrivate: true,
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

/** Imports a template, fills it in and publishes it. */
export async function publishTemplate(
	world: World,
	filledIn: FilledIn,
): Promise<PublishedTemplate> {
	const eventsBefore = world.meiro.count();
	const { workflowId, nodes } = await importTemplate(world, filledIn);
	const published = await publishedTemplate(world, filledIn.template, workflowId, nodes);
	return { ...published, eventsBefore };
}

/** What is to be known of a workflow that was made from a template and is published. */
export async function publishedTemplate(
	world: World,
	template: string,
	workflowId: string,
	nodes: WorkflowNode[],
): Promise<PublishedTemplate> {
	const triggerType = `${world.packageName}.${TRIGGER}`;
	const triggers = Object.fromEntries(
		nodes
			.filter(({ type }) => type === triggerType)
			.map(({ name, webhookId }): [string, TriggerAddress] => {
				const path = `webhook/${webhookId!}/klaviyo`;
				return [
					name,
					{ url: `${world.n8n.url}/${path}`, gatewayUrl: `${world.gateway.url}/${path}` },
				];
			}),
	);
	// A system webhook takes only what Klaviyo has signed.
	const open = nodes.find(
		({ type, parameters: { setUp } }) => type === triggerType && setUp !== 'systemWebhook',
	);
	const first = open === undefined ? { url: '', gatewayUrl: '' } : triggers[open.name]!;
	return {
		template,
		workflowId,
		eventsBefore: world.meiro.count(),
		...first,
		triggers,
		bodies: first.url === '' ? {} : await shownBodies(world),
	};
}

interface NodeTypeDescription {
	name: string;
	properties: Array<{ name: string; default: unknown }>;
}

/** The bodies that the editor shows for copying: asked of n8n, not of our source. */
export async function shownBodies(world: World): Promise<Record<string, string>> {
	const type = `${world.packageName}.${TRIGGER}`;
	const types = await world.client.raw<NodeTypeDescription[]>('/types/nodes.json');
	const { properties } = types.find(({ name }) => name === type)!;
	return Object.fromEntries(
		properties
			.filter((property) => property.name.endsWith('Body') && typeof property.default === 'string')
			.map((property) => [property.name, property.default as string]),
	);
}
