import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import axios from 'axios';

import type { Entry, KlaviyoStandIn } from '../../klaviyo';
import type { CdpOptions } from '../../meiro';
import type { WorkflowFile } from '../../n8n/client';
import { outputOf } from '../../n8n/executions';
import { askForm, formAddress } from '../../n8n/forms';
import { TEMPLATES } from '../../n8n/templates';
import { createdFlow, type Scenario } from '../scenario';
import { METRICS, type PublishedTemplate, type World } from '../world';
import { giveOutPassword, SUPPORT } from './erasure';

export const SELF_CHECK_ADDRESS = 'ana@shop.example';
const ENDED_WITHIN_MS = 10_000;
const KLAVIYO = 'https://a.klaviyo.com';
/** What the form offers. */
export const STEPS = {
	metric: '1 Make the Metric',
	probe: '2 Send the Probe',
	read: '3 Read Again',
	meiro: '4 Try Meiro',
	delete: '5 Delete the Profile',
	type: '6 Try a Content-Type',
	cdp: '7 Try the Meiro CDP',
	readMeiro: '8 Read Meiro Again',
	draft: '9 Try a Draft Flow',
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

/** Nodes that ask a Meiro CDP, the Audience API and the Profile API of Pipes: off in the template. */
export const CDP_NODES = [
	...['Into the CDP', 'Once More', 'Upload', 'Upload Status'],
	...['Ask the Audience', 'Pipes Profile'],
];

/** What a Meiro admin sets up for the self-check in the CDP. */
export const CDP_SET_UP: CdpOptions = {
	eventTypes: [{ source_id: 'n8n_self_check', type: 'n8n_self_check', version: '1-0-0' }],
	stitching: [
		{
			...{ category: 'ps_email_address', type: 'n8n_self_check' },
			value: "payload -> 'profile' ->> 'email'",
		},
	],
	attributes: [
		{
			id: 'n8n_self_check_sending',
			source_id: 'n8n_self_check',
			definition: {
				...{ id: 'n8n_self_check_sending', type: 'last' },
				value: "payload -> 'properties' ->> 'n8n_sending'",
				...{ sources: ['n8n_self_check'], types: ['n8n_self_check'], versions: ['1-0-0'] },
			},
		},
	],
};

const { nodes: NODES } = JSON.parse(
	readFileSync(join(TEMPLATES, 'self-check.json'), 'utf8'),
) as WorkflowFile;

/** The addresses of the nodes that ask Klaviyo by themselves, in front of the stand-in. */
export function addressesAt(apiUrl: string): Record<string, { url: string }> {
	return Object.fromEntries(
		NODES.flatMap(({ name, parameters: { url } }) =>
			typeof url === 'string' && url.includes(KLAVIYO)
				? [[name, { url: url.replace(KLAVIYO, apiUrl) }]]
				: [],
		),
	);
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

const IN_ANOTHER_LAYOUT = /"profile_email":"[^"]*\+n8n-self-check-envelope@/;
const inMeiro = {
	event_name: 'n8n_self_check',
	person: SELF_CHECK_ADDRESS.replace('@', '+n8n-self-check@'),
	body: { is_test: true },
};

/** Metric, probe, retry, report, a draft flow, then Meiro: the stand-in's has any source and type, so that all five events arrive. */
export const selfCheck: Scenario = {
	template: 'self-check',
	count: 5,
	credentials: {
		Ask: { httpBasicAuth: 'erasureForm' },
		...Object.fromEntries(
			Object.keys(addressesAt('')).map((name) => [
				name,
				{ klaviyoPrivateKeyApi: 'klaviyoPrivateKeyApi' },
			]),
		),
		'Answer in Full': { meiroEventsApi: 'meiroEventsApi' },
	},
	parameters: { 'Probe Arrived': { metricId: METRICS['Answered Survey'] } },
	failsFor: /This is meant/,
	async prepare(world) {
		await giveOutPassword(world);
		Object.assign(selfCheck.parameters!, addressesAt(world.klaviyo.apiUrl));
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
		await ask(world, published, 'draft');
		await ask(world, published, 'meiro');
		const waiting = (await reportOf(world, published)).questions.filter(({ seen }) =>
			/^(waiting|not seen)/.test(seen),
		);
		if (waiting.length > 0)
			throw new Error(`Not found out: ${waiting.map(({ question }) => question).join(', ')}`);
	},
	expected: [inMeiro, inMeiro, inMeiro, { ...inMeiro, event_name: 'n8n_self_check_unknown' }],
	check: ({ klaviyo, meiro }) => [
		...(klaviyo.flows().some(({ name }) => name === 'n8n self-check draft')
			? ['The draft flow is still there']
			: []),
		// Whom it is about stands in its own place.
		...(meiro.events().some(({ body }) => IN_ANOTHER_LAYOUT.test(JSON.stringify(body)))
			? []
			: ['Meiro has no event in the other layout']),
	],
};
