// Executions that n8n's own time-out would end as canceled, on a real n8n: what Meiro Events tells of each event by then.
import { randomUUID } from 'node:crypto';

import type { Instance, RowNode } from '../../../sandbox/instance';
import { publishRow } from '../../../sandbox/instance';
import type { Fault } from '../../../sandbox/meiro';
import { finishedExecutions, outputOf } from '../../../sandbox/n8n/executions';
import { runWith } from '../../e2e/support/byHand';
import { arrived, deliver, until } from '../../e2e/support/workflows';

const TIMEOUT_S = 10;
/** What is used up before Meiro Events begins. */
const BEFORE_S = 0.3 * TIMEOUT_S;
const EVENTS = 12;

/** What came of the events of one workflow. */
export interface TimedOut {
	name: string;
	events: number;
	/** Executions that n8n ended as canceled. */
	canceled: number;
	told_delivered: number;
	told_failed: number;
	at_meiro: number;
	/** The longest execution. */
	seconds: number;
}

interface Case {
	name: string;
	/** Of Meiro Events. */
	options: Record<string, unknown>;
	/** How Meiro answers. */
	fault: Fault;
}

const CASES: Case[] = [
	{
		name: 'refused for ever, the workflow’s time is shorter than the option',
		options: { giveUpAfterSeconds: 60 },
		fault: { kind: 'status', status: 503, rate: 1 },
	},
	{
		name: 'refused for ever, the option is shorter than the workflow’s time',
		options: { giveUpAfterSeconds: 1 },
		fault: { kind: 'status', status: 503, rate: 1 },
	},
	{
		name: 'slow, one at a time, so that time ends in the middle',
		options: { concurrency: 1 },
		fault: { kind: 'slow', delayMs: 900, rate: 1 },
	},
];

/** Plays them side by side. */
export async function playTimeouts(instance: Instance): Promise<TimedOut[]> {
	const sources = CASES.map((_, index) => `timeout-${index}`);
	instance.meiro.misbehave(
		CASES.map(({ fault }, index) => ({ ...fault, path: `/${sources[index]!}` })),
	);
	try {
		return await Promise.all(
			CASES.map(async (one, index) => await play(instance, one, sources[index]!)),
		);
	} finally {
		instance.meiro.misbehave([]);
	}
}

async function play(
	instance: Instance,
	{ name, options }: Case,
	source: string,
): Promise<TimedOut> {
	const wait = node('Wait', 'n8n-nodes-base.wait', 1.1, { amount: BEFORE_S, unit: 'seconds' });
	const workflowId = await sendThrough(instance, source, [wait], {
		parameters: { options },
		onError: 'continueRegularOutput',
	});
	const executions = await finishedExecutions(instance, workflowId);
	const outcomes = await outputOf(instance, { workflowId }, 'Meiro Events');
	const told = outcomes.map(({ status }) => status);
	const seconds = executions.map(
		({ startedAt, stoppedAt }) => (Date.parse(stoppedAt!) - Date.parse(startedAt!)) / 1000,
	);
	return {
		name,
		events: EVENTS,
		canceled: executions.filter(({ status }) => status === 'canceled').length,
		told_delivered: told.filter((status) => status === 'delivered').length,
		told_failed: told.filter((status) => status === 'failed').length,
		at_meiro: new Set(arrived(instance, source)).size,
		seconds: Math.max(...seconds),
	};
}

/** What came of an execution that n8n ended as canceled, of a retry by n8n's API, and of what its trigger gave, run by hand. */
export interface Canceled {
	/** The node that ran when it ended. */
	during: string;
	events: number;
	executions: number;
	canceled: number;
	lost_before: number;
	lost_after_retry: number;
	lost_after_pinned: number;
}

/** A node before Meiro Events uses the whole time up. */
export async function playTimedOutBefore(instance: Instance): Promise<Canceled> {
	const { meiro } = instance;
	meiro.misbehave([{ kind: 'slow', delayMs: 2 * TIMEOUT_S * 1000, rate: 1, path: '/before' }]);
	const ask = node('Ask', 'n8n-nodes-base.httpRequest', 4.2, {
		method: 'POST',
		url: `${meiro.url}/before?event_name=asked`,
		sendBody: true,
		specifyBody: 'json',
		jsonBody: '={{ JSON.stringify($json) }}',
		options: {},
	});
	const again = node('The Event Again', 'n8n-nodes-base.set', 3.4, {
		mode: 'raw',
		jsonOutput: "={{ $('Klaviyo Trigger').item.json }}",
		options: {},
	});
	const source = 'timed-out-before';
	const workflowId = await sendThrough(instance, source, [ask, again]);
	return await afterCanceling(instance, workflowId, source, 'another node');
}

/** Somebody stops an execution while Meiro refuses all. */
export async function playStopped(instance: Instance): Promise<Canceled> {
	const { meiro, client } = instance;
	const source = 'stopped';
	meiro.misbehave([{ kind: 'status', status: 503, rate: 1, path: `/${source}` }]);
	const asked = meiro.requestCount();
	const workflowId = await sendThrough(instance, source, []);
	await until(() => meiro.requestCount() > asked, 'Meiro Events has begun');
	for (const { id } of await client.executions(workflowId))
		await client.post(`/rest/executions/${id}/stop`, {});
	return await afterCanceling(instance, workflowId, source, 'Meiro Events');
}

async function afterCanceling(
	instance: Instance,
	workflowId: string,
	source: string,
	during: string,
): Promise<Canceled> {
	const { meiro, client } = instance;
	const lost = () => EVENTS - new Set(arrived(instance, source)).size;
	const executions = await finishedExecutions(instance, workflowId);
	const canceled = executions.filter(({ status }) => status === 'canceled');
	const items = await outputOf(instance, { workflowId }, 'Klaviyo Trigger');
	const lost_before = lost();
	meiro.misbehave([]);
	for (const { id } of canceled)
		await client.post(`/rest/executions/${id}/retry`, { loadWorkflow: false });
	const lost_after_retry = lost();
	await runWith(instance, workflowId, 'Klaviyo Trigger', items);
	return {
		during,
		events: EVENTS,
		executions: executions.length,
		canceled: canceled.length,
		lost_before,
		lost_after_retry,
		lost_after_pinned: lost(),
	};
}

/** Publishes Klaviyo Trigger → nodes → Meiro Events with the time-out, and sends the events. @returns the workflow, with an execution in it */
async function sendThrough(
	instance: Instance,
	source: string,
	between: RowNode[],
	meiro: Partial<RowNode> = {},
): Promise<string> {
	const { packageName, credentials, client } = instance;
	const { url, workflowId } = await publishRow(
		instance,
		`time-out ${randomUUID()}`,
		[
			{
				...node('Klaviyo Trigger', `${packageName}.klaviyoTrigger`, 2, { setUp: 'manual' }),
				credentials: { klaviyoWebhookApi: credentials.webhook },
			},
			...between,
			{
				...node('Meiro Events', `${packageName}.meiroEvents`, 1, {}),
				...meiro,
				parameters: { source, ...meiro.parameters },
				credentials: { meiroEventsApi: credentials.source },
			},
		],
		'{id}/klaviyo',
		{ executionTimeout: TIMEOUT_S },
	);
	const numbers = Array.from({ length: EVENTS }, (_, index) => index);
	await Promise.all(numbers.map(async (number) => await deliver(instance, url, number)));
	await until(
		async () => (await client.executions(workflowId)).length > 0,
		'an execution has begun',
	);
	return workflowId;
}

function node(
	name: string,
	type: string,
	typeVersion: number,
	parameters: Record<string, unknown>,
): RowNode {
	return { name, type, typeVersion, parameters };
}
