// The same on a real n8n: Klaviyo's flows, the recommended ones made by publishing, call its triggers; what the nodes
// behind made of it is read from its executions and from Meiro.
import { randomUUID } from 'node:crypto';

import type { IDataObject } from 'n8n-workflow';

import { SECRET_HEADER, startInstance, type Instance } from '../../sandbox/instance';
import { startKlaviyo, type Delivery, type KlaviyoStandIn } from '../../sandbox/klaviyo';
import type { MeiroStandIn } from '../../sandbox/meiro';
import type { N8nInstallation } from '../../sandbox/n8n/cache';
import type { WorkflowFile } from '../../sandbox/n8n/client';
import { finishedExecutions, outputsOf } from '../../sandbox/n8n/executions';
import { RECIPES } from '../../nodes/Klaviyo/trigger/recipes';
import { BODIES, type Body } from './bodies';
import type { Truth } from './cast';
import type { Dialects } from './combinations';
import { startFront, type Front } from './front';
import { isAbout } from './judge';
import {
	inOrder,
	REFUSED_NAME,
	seed,
	startMeiroOf,
	storedIn,
	TELLING,
	TIMEZONE,
	truthsOfAll,
	WAYS,
	type Played,
	type Told,
	type Way,
} from './play';

const DAY_MS = 86_400_000;
const SETTLED_WITHIN_MS = 120_000;
const METRICS = [...new Set(BODIES.flatMap(({ metric }) => (metric === '' ? [] : [metric])))].map(
	(name, index) => ({ name, id: `METRC${index}`, integration: { name: 'Lamp Shop' } }),
);
const LIST = { name: 'Newsletter', id: 'NEWSL1' };
const SEGMENT = { name: 'VIP', id: 'SEGVIP' };

export interface RealN8n {
	play(dialects: Dialects): Promise<Played[]>;
	close(): Promise<void>;
}

export async function startRealN8n(installation: N8nInstallation): Promise<RealN8n> {
	const front = await startFront();
	const instance = await startInstance(installation, { N8N_WEBHOOK_URL: `${front.url}/` });
	front.leadTo(instance.n8n.url);
	let turn = 0;
	return {
		play: async (dialects) => await playOn(instance, front, dialects, ++turn),
		close: async () => {
			await instance.close();
			front.close();
		},
	};
}

/** A Meiro of its own for each way in, as Pipes knows an event again whatever the source. */
interface Target {
	way: Way;
	isCompleted: boolean;
	meiro: MeiroStandIn;
}

const nameOf = ({ way, isCompleted }: Pick<Target, 'way' | 'isCompleted'>) =>
	isCompleted ? `${way} completed` : way;

async function playOn(
	instance: Instance,
	front: Front,
	dialects: Dialects,
	turn: number,
): Promise<Played[]> {
	const now = Math.floor(Date.now() / 1000) * 1000;
	const truths = truthsOfAll(now, turn);
	let aheadMs = 0;
	const klaviyo = await startKlaviyo({
		...{ dialect: dialects.klaviyo, timezone: TIMEZONE, rateLimits: false, concurrency: 100 },
		...{ metrics: METRICS, lists: [LIST], segments: [SEGMENT] },
		now: () => new Date(Date.now() + aheadMs),
	});
	const targets: Target[] = [];
	try {
		for (const isCompleted of [false, true]) {
			for (const way of WAYS)
				targets.push({ way, isCompleted, meiro: await startMeiroOf(dialects.meiro, way) });
		}
		seed(klaviyo, truths, now);
		const workflow = await workflowOf(instance, klaviyo, targets);
		const created = await instance.client.createWorkflow(workflow);
		await instance.client.publish(created);
		const flows = flowsOf(instance, klaviyo, front, workflow);

		const deliveries = new Map<Truth, Delivery>();
		const enter = (truth: Truth) =>
			deliveries.set(truth, klaviyo.enter(flows.get(truth.body.name)!, truth.entry));
		// The answers get lost that Klaviyo gets to the first ones, and it sends these again after midnight.
		truths.filter(({ isRetried }) => isRetried).forEach(enter);
		const waiting = [...deliveries.values()].filter(({ status }) => status === 'waiting');
		await front.holdAnswers(waiting.length);
		await finishedExecutions(instance, created.id);
		aheadMs = DAY_MS;
		front.loseAnswers();
		await klaviyo.settled(undefined, SETTLED_WITHIN_MS);
		aheadMs = 0;
		truths.filter(({ isRetried }) => !isRetried).forEach(enter);
		klaviyo.enter(flows.get(REFUSED_NAME)!, entryToRefuse(turn));
		await klaviyo.settled(undefined, SETTLED_WITHIN_MS);

		const taken = await takenBy(instance, created.id, targets, truths, flows);
		await instance.client.unpublish(created.id);
		const unsent = unsentOf(deliveries);
		return taken.map((each) => ({ ...each, truths, unsent }));
	} finally {
		await klaviyo.close();
		for (const { meiro } of targets) await meiro.close();
	}
}

const entryToRefuse = (turn: number) => ({
	profile: {
		klaviyo_id: `01JZ${String(9_000_000 + turn).padStart(22, '0')}`,
		email: `refused.${turn}@shop.example`,
	},
	event: { metric: 'Placed Order', time: new Date().toISOString(), unique_id: `refused-${turn}` },
});

/** Why Klaviyo has not got rid of a delivery. */
function unsentOf(deliveries: Map<Truth, Delivery>): Map<Truth, string> {
	const unsent = new Map<Truth, string>();
	for (const [truth, { status, attempts }] of deliveries) {
		if (status === 'sent') continue;
		const { http_status, error } = attempts.at(-1) ?? { error: 'Klaviyo lets nobody in' };
		unsent.set(truth, error ?? `n8n answers ${http_status}`);
	}
	return unsent;
}

const OWN = 'Own bodies';

/** The flow of each body, by the body's name. */
function flowsOf(
	{ secret }: Instance,
	klaviyo: KlaviyoStandIn,
	front: Front,
	{ nodes }: WorkflowFile,
): Map<string, string> {
	const urlOf = (name: string) =>
		`${front.url}/webhook/${nodes.find((node) => node.name === name)!.webhookId}/klaviyo`;
	const byHand = (name: string, body: string, contentType = '') =>
		klaviyo.createFlow({
			name,
			webhook: {
				url: urlOf(OWN),
				headers: {
					[SECRET_HEADER]: secret,
					...(contentType === '' ? {} : { 'Content-Type': contentType }),
				},
				body,
			},
		}).id;
	const made = (name: string) =>
		klaviyo.flows().find(({ definition }) => JSON.stringify(definition).includes(urlOf(name)))!.id;
	const isRecipe = ({ name }: Body) => RECIPES.some((recipe) => recipe.name === name);
	return new Map([
		...BODIES.map((body): [string, string] => [
			body.name,
			isRecipe(body) ? made(body.name) : byHand(body.name, body.text, body.contentType),
		]),
		[
			REFUSED_NAME,
			byHand(
				REFUSED_NAME,
				JSON.stringify({ event_name: REFUSED_NAME, email: '{{ person.email }}' }),
			),
		],
	]);
}

async function workflowOf(
	instance: Instance,
	klaviyo: KlaviyoStandIn,
	targets: Target[],
): Promise<WorkflowFile> {
	const { client, credentials, packageName } = instance;
	const key = await client.createCredential('klaviyoPrivateKeyApi', 'Klaviyo', {
		apiKey: 'pk_sandbox',
		baseUrl: klaviyo.apiUrl,
		allowPrivate: true,
	});
	const node = (name: string, type: string, more: Partial<WorkflowFile['nodes'][number]>) => ({
		...{ id: randomUUID(), name, type: `${packageName}.${type}`, typeVersion: 1 },
		...{ position: [0, 0], onError: 'continueRegularOutput', parameters: {} },
		...more,
	});
	const trigger = (name: string, parameters: Record<string, unknown>) => ({
		...node(name, 'klaviyoTrigger', { parameters, webhookId: randomUUID() }),
		...{ typeVersion: 2, onError: undefined },
		credentials: { klaviyoWebhookApi: credentials.webhook, klaviyoPrivateKeyApi: key },
	});
	const idOf = (metric = '') => METRICS.find(({ name }) => name === metric)?.id ?? '';
	const triggers = [
		...RECIPES.map(({ name, metric }) =>
			trigger(name, {
				...{ setUp: 'createFlow', recipe: name, listId: LIST.id, segmentId: SEGMENT.id },
				...{ metricId: idOf(metric), orderMetricId: idOf('Placed Order') },
				options: { flowStatus: 'live' },
			}),
		),
		trigger(OWN, { setUp: 'manual' }),
	];
	const complete = node('Complete', 'klaviyo', {
		parameters: { resource: 'event', operation: 'complete' },
		credentials: { klaviyoPrivateKeyApi: key },
	});
	const senders = await Promise.all(
		targets.map(async (target) =>
			node(nameOf(target), typeOf(target.way), {
				parameters: PARAMETERS[target.way],
				credentials: await credentialOf(instance, target),
			}),
		),
	);
	const nowhere = senders
		.filter(({ name, type }) => type.endsWith('.meiroEvents') && WAYS.includes(name as Way))
		.map((sender) => ({
			...sender,
			...{ id: randomUUID(), name: `${sender.name} nowhere` },
			parameters: { ...sender.parameters, source: 'there_is_none' },
		}));
	const isBehind = (name: string) => name.endsWith(' completed');
	const to = (names: string[]) => ({
		main: [names.map((name) => ({ node: name, type: 'main', index: 0 }))],
	});
	const atOnce = [...senders, ...nowhere, complete].map(({ name }) => name);
	return {
		name: `Dialects ${randomUUID()}`,
		nodes: [...triggers, complete, ...senders, ...nowhere] as unknown as WorkflowFile['nodes'],
		connections: Object.fromEntries([
			...triggers.map(({ name }) => [name, to(atOnce.filter((each) => !isBehind(each)))]),
			['Complete', to(senders.map(({ name }) => name).filter(isBehind))],
		]),
		settings: { executionOrder: 'v1', saveDataSuccessExecution: 'all' },
	};
}

const typeOf = (way: Way) => (way.startsWith('cdp') ? 'meiroCdp' : 'meiroEvents');

const DATA_SOURCE = { __rl: true, mode: 'id', value: 'klaviyo' };

const PARAMETERS: Record<Way, Record<string, unknown>> = {
	webhook: { source: 'klaviyo', options: { skipDelivered: true } },
	pipes: { source: 'klaviyo', options: { skipDelivered: true } },
	cdp: { resource: 'customerEvent', operation: 'create', dataSourceId: DATA_SOURCE },
	cdpUpload: {
		...{ resource: 'customerEvent', operation: 'upload', dataSourceId: DATA_SOURCE },
		options: { waitSeconds: 2 },
	},
};

async function credentialOf(
	{ client }: Instance,
	{ way, meiro }: Target,
): Promise<Record<string, { id: string; name: string }>> {
	const common = { allowPrivate: true, timeoutSeconds: 5 };
	if (typeOf(way) === 'meiroCdp') {
		return {
			meiroCdpApi: await client.createCredential('meiroCdpApi', way, {
				...{ ...common, baseUrl: meiro.cdp.url, authentication: 'password' },
				...{ email: 'n8n@shop.example', password: 'stand-in' },
			}),
		};
	}
	const product = way === 'pipes' ? 'meiroPipes' : 'meiroEvents';
	return {
		meiroEventsApi: await client.createCredential('meiroEventsApi', way, {
			...{ ...common, product, baseUrl: meiro.url, authentication: 'none' },
		}),
	};
}

type Taken = Omit<Played, 'truths' | 'unsent'>;

/** What n8n's executions tell of each way. */
async function takenBy(
	instance: Instance,
	workflowId: string,
	targets: Target[],
	truths: Truth[],
	flows: Map<string, string>,
): Promise<Taken[]> {
	const told = new Map(targets.map((target): [Target, Told[]] => [target, []]));
	const elsewhere = new Map<Way, IDataObject>();
	const bodies = new Map([...flows].map(([name, id]) => [id, name]));
	const truthOf = (item: IDataObject): Truth | null | undefined => {
		const body = bodies.get((item.flow as { id: string }).id);
		if (body === REFUSED_NAME) return null;
		return truths.find((truth) => truth.body.name === body && isAbout(item, truth));
	};
	for (const { id } of await finishedExecutions(instance, workflowId)) {
		const outputs = await outputsOf(instance, id);
		const from = [...RECIPES.map(({ name }) => name), OWN].find((name) => name in outputs);
		if (from === undefined) continue;
		for (const [target, all] of told) {
			const items = (outputs[target.isCompleted ? 'Complete' : from] ?? []).map(
				({ json }) => json as IDataObject,
			);
			const outcomes = inOrder(outputs[nameOf(target)] ?? [], items.length);
			items.forEach((item, index) => {
				const truth = truthOf(item);
				if (truth === undefined || (truth === null && !TELLING.includes(target.way))) return;
				all.push({ truth, item, outcome: outcomes[index]! });
			});
			const [stray] = outputs[`${target.way} nowhere`] ?? [];
			if (!target.isCompleted && stray) elsewhere.set(target.way, stray.json as IDataObject);
		}
	}
	return targets.map((target) => ({
		way: target.way,
		isCompleted: target.isCompleted,
		told: told.get(target)!,
		stored: storedIn(target.meiro, target.way),
		elsewhere: target.isCompleted ? undefined : elsewhere.get(target.way),
	}));
}
