import { setTimeout as wait } from 'node:timers/promises';

import axios from 'axios';

import type { Entry, KlaviyoStandIn } from '../../klaviyo';
import { outputOf } from '../../n8n/executions';
import { askForm, formAddress } from '../../n8n/forms';
import { createdFlow, type Scenario } from '../scenario';
import { METRICS, type PublishedTemplate, type World } from '../world';
import { giveOutPassword, SUPPORT } from './erasure';

export const SELF_CHECK_ADDRESS = 'ana@shop.example';
const ENDED_WITHIN_MS = 10_000;
/** What the form offers. */
export const STEPS = {
	metric: '1 Make the Metric',
	probe: '2 Send the Probe',
	read: '3 Read Again',
	meiro: '4 Try Meiro',
	delete: '5 Delete the Profile',
	type: '6 Try a Content-Type',
};

/** A row of the report. */
export interface Finding {
	service: string;
	question: string;
	assumed: string;
	seen: string;
	means: string;
	setting: string;
}

/** Fills the form in. @returns the page with which it ends */
export async function ask(
	world: World,
	{ workflowId }: PublishedTemplate,
	step: keyof typeof STEPS,
): Promise<string> {
	const url = await formAddress(world, world.n8n.url, workflowId, 'Ask');
	const page = await askForm(url, [SELF_CHECK_ADDRESS, STEPS[step], ''], SUPPORT);
	// n8n ends the execution some time after its page was shown.
	const isOver = async () =>
		(await world.client.executions(workflowId)).every(
			({ status }) => !['new', 'running', 'waiting'].includes(status),
		);
	for (const deadline = Date.now() + ENDED_WITHIN_MS; !(await isOver()); await wait(100))
		if (Date.now() > deadline) throw new Error(`'${STEPS[step]}' does not end`);
	return page;
}

/** The report of the last run. */
export async function reportOf(world: World, published: PublishedTemplate): Promise<Report> {
	const reports = await outputOf(world, published, 'Report');
	const read = reports.map(({ json }) => JSON.parse(String(json)) as Report);
	const [last] = read.sort((one, other) => other.made_at.localeCompare(one.made_at));
	return last!;
}

export interface Report {
	made_at: string;
	questions: Finding[];
}

/** The body that the page shows for pasting. */
export function probeBodyOf(page: string): string {
	const [, shown = ''] = /<pre>([\s\S]*?)<\/pre>/.exec(page) ?? [];
	return shown.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}

/** A person pastes the body into the flow's webhook in Klaviyo, and sets the flow live. */
export async function pasteBody(
	klaviyo: KlaviyoStandIn,
	flowId: string,
	body: string,
): Promise<void> {
	await changeWebhook(klaviyo, flowId, { body });
	await patch(klaviyo, 'flow', flowId, { status: 'live' });
}

/** A person adds a header to the flow's webhook. */
export async function addHeader(
	klaviyo: KlaviyoStandIn,
	flowId: string,
	name: string,
	value: string,
): Promise<void> {
	await changeWebhook(klaviyo, flowId, {}, { [name]: value });
}

async function changeWebhook(
	klaviyo: KlaviyoStandIn,
	flowId: string,
	change: object,
	headers: Record<string, string> = {},
): Promise<void> {
	const { definition } = klaviyo.flows().find(({ id }) => id === flowId)!;
	const [action] = definition.actions as unknown as Array<{
		id: string;
		data: { message: { headers: object } };
	}>;
	const { data, id } = action!;
	const message = { ...data.message, ...change, headers: { ...data.message.headers, ...headers } };
	const changed = { ...action, data: { ...data, message } };
	await patch(klaviyo, 'flow-action', id, { definition: changed });
}

async function patch(
	{ apiUrl }: KlaviyoStandIn,
	type: string,
	id: string,
	attributes: object,
): Promise<void> {
	await axios.patch(
		`${apiUrl}/api/${type}s/${id}`,
		{ data: { type, id, attributes } },
		{
			headers: {
				Authorization: 'Klaviyo-API-Key pk_sandbox',
				revision: '2026-07-15',
				'Content-Type': 'application/vnd.api+json',
			},
		},
	);
}

/** Probes whose bodies are no JSON, which n8n refuses where Klaviyo sends them as such. */
const NO_JSON = ['bare', 'typed'];

/** What the self-check has sent to Klaviyo as people who enter the flow of its metric: the probe's parts, or those of step 6. */
export function probesIn(klaviyo: KlaviyoStandIn, step: 'probe' | 'type' = 'probe'): Entry[] {
	return klaviyo
		.writtenEvents()
		.filter(
			({ properties: { n8n_part: part } }) =>
				typeof part === 'string' &&
				part !== 'metric' &&
				part.startsWith('typed') === (step === 'type'),
		)
		.map(({ profile_id, time, properties: stored }) => {
			const properties = { ...stored };
			delete properties.$event_id;
			const known = klaviyo.profiles().find(({ id }) => id === profile_id)!;
			return {
				profile: { klaviyo_id: profile_id, email: String(known.attributes.email) },
				event: { metric: 'n8n self-check', time: time.toISOString(), properties },
			};
		});
}

const inMeiro = {
	event_name: 'n8n_self_check',
	person: SELF_CHECK_ADDRESS.replace('@', '+n8n-self-check@'),
	body: { is_test: true },
};

/** Metric, probe, retry, report, then Meiro: the stand-in's has any source and type, so that all four events arrive. */
export const selfCheck: Scenario = {
	template: 'self-check',
	count: 5,
	credentials: {
		Ask: { httpBasicAuth: 'erasureForm' },
		'Send to Klaviyo': { klaviyoPrivateKeyApi: 'klaviyoPrivateKeyApi' },
	},
	parameters: { 'Probe Arrived': { metricId: METRICS['Answered Survey'] } },
	failsFor: /This is meant/,
	async prepare(world) {
		await giveOutPassword(world);
		Object.assign(selfCheck.parameters!, {
			'Send to Klaviyo': { url: `${world.klaviyo.apiUrl}/api/events` },
		});
	},
	async play({ world, published, enter }) {
		const page = await ask(world, published, 'metric');
		const flowId = createdFlow(world, published.url);
		await pasteBody(world.klaviyo, flowId, probeBodyOf(page));
		await ask(world, published, 'probe');
		const probes = probesIn(world.klaviyo);
		const isJson = ({ event }: Entry) => !NO_JSON.includes(String(event!.properties!.n8n_part));
		for (const entry of probes.filter((one) => !isJson(one))) world.klaviyo.enter(flowId, entry);
		await enter({ flowId, entries: probes.filter(isJson) });
		await ask(world, published, 'read');
		await ask(world, published, 'meiro');
		const waiting = (await reportOf(world, published)).questions.filter(({ seen }) =>
			/^(waiting|not seen)/.test(seen),
		);
		if (waiting.length > 0)
			throw new Error(`Not found out: ${waiting.map(({ question }) => question).join(', ')}`);
	},
	expected: [inMeiro, inMeiro, inMeiro, { ...inMeiro, event_name: 'n8n_self_check_unknown' }],
};
