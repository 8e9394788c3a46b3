// What n8n tells of a workflow's executions, and how to start one by hand.
import { setTimeout as wait } from 'node:timers/promises';

import type { ExecutionSummary, SignedIn } from './client';

const ENDED_WITHIN_MS = 150_000;

/** What n8n keeps of an execution, as far as it is read here. */
interface Kept {
	resultData: {
		error?: { message?: string };
		lastNodeExecuted?: string;
		runData?: Record<string, NodeRun[]>;
	};
}

interface NodeRun {
	executionTime?: number;
	data?: { main?: Array<Item[] | null> };
}

/** An item as n8n keeps it. */
export interface Item {
	json: Json;
	pairedItem?: unknown;
}

type Json = Record<string, unknown>;

async function keptOf({ client }: SignedIn, executionId: string): Promise<Kept> {
	const { data } = await client.get<{ data: string }>(`/rest/executions/${executionId}`);
	return unflattened(data) as Kept;
}

/** n8n writes each text, list and object once, and points to it by its number. */
function unflattened(text: string): unknown {
	const values = JSON.parse(text) as unknown[];
	const made = new Map<number, unknown>();
	const make = (number: number): unknown => {
		const value = values[number];
		if (typeof value !== 'object' || value === null) return value;
		if (made.has(number)) return made.get(number);
		const result = (Array.isArray(value) ? [] : {}) as Json;
		made.set(number, result);
		for (const [key, place] of Object.entries(value))
			result[key] = typeof place === 'string' ? make(Number(place)) : place;
		return result;
	};
	return make(0);
}

/** In n8n's own words. */
export async function whyFailed(
	n8n: SignedIn,
	{ id, status }: { id: string; status: string },
): Promise<string> {
	const { error, lastNodeExecuted: node } = (await keptOf(n8n, id)).resultData;
	return `Execution ${id}: ${status} in '${node ?? '?'}': ${error?.message ?? 'without a reason'}`;
}

/** The items that have come out of a node's first output, in all executions that n8n has of the workflow. */
export async function outputOf(
	n8n: SignedIn,
	{ workflowId }: { workflowId: string },
	node: string,
): Promise<Json[]> {
	const items: Json[] = [];
	for (const { id } of await finishedExecutions(n8n, workflowId)) {
		const outputs = await outputsOf(n8n, id);
		items.push(...(outputs[node] ?? []).map(({ json }) => json));
	}
	return items;
}

/** The items that have come out of the first output of each node in one execution, by the node's name. */
export async function outputsOf(
	n8n: SignedIn,
	executionId: string,
): Promise<Record<string, Item[]>> {
	const { runData = {} } = (await keptOf(n8n, executionId)).resultData;
	return Object.fromEntries(
		Object.entries(runData).map(([node, runs]) => [
			node,
			runs.flatMap(({ data }) => data?.main?.[0] ?? []),
		]),
	);
}

/** How long a node took in an execution, in milliseconds, and how many items came out of its first output. */
export async function nodeRun(
	n8n: SignedIn,
	executionId: string,
	node: string,
): Promise<{ ms: number; items: number }> {
	const { runData = {} } = (await keptOf(n8n, executionId)).resultData;
	const [run] = runData[node] ?? [];
	return { ms: Number(run?.executionTime), items: run?.data?.main?.[0]?.length ?? 0 };
}

/**
 * As the editor's button does: the saved workflow, from one of its triggers.
 *
 * @throws with the reason when the execution fails
 */
export async function runByHand(
	n8n: SignedIn,
	workflowId: string,
	triggerName: string,
	{ pinned = false } = {},
): Promise<void> {
	const ended = await executedByHand(n8n, workflowId, triggerName, pinned);
	if (ended.status !== 'success') throw new Error(await whyFailed(n8n, ended));
}

export async function executedByHand(
	n8n: SignedIn,
	workflowId: string,
	triggerName: string,
	pinned: boolean,
): Promise<{ id: string; status: string }> {
	const workflow = await n8n.client.get<Record<string, unknown>>(`/rest/workflows/${workflowId}`);
	const { executionId } = await n8n.client.post<{ executionId: string }>(
		`/rest/workflows/${workflowId}/run`,
		{
			workflowData: pinned ? workflow : { ...workflow, pinData: {} },
			triggerToStartFrom: { name: triggerName },
		},
	);
	const ended = (await finishedExecutions(n8n, workflowId, executionId)).find(
		({ id }) => id === executionId,
	);
	if (ended === undefined)
		throw new Error(`Execution ${executionId} from '${triggerName}' is not to be found`);
	if (ended.status === 'running')
		throw new Error(
			`Execution ${executionId} from '${triggerName}' was not over within ${ENDED_WITHIN_MS / 1000} s`,
		);
	return ended;
}

/**
 * Waits for those still under way, and for `wanted`. n8n reads those that run and those that ended one after the
 * other, so one that ends in between is in neither: only a list that is the same twice is whole.
 */
export async function finishedExecutions(
	n8n: SignedIn,
	workflowId: string,
	wanted?: string,
): Promise<ExecutionSummary[]> {
	const deadline = Date.now() + ENDED_WITHIN_MS;
	let known: number | undefined;
	for (;;) {
		const executions = await n8n.client.executions(workflowId);
		const isQuiet =
			executions.every(({ status }) => status !== 'running' && status !== 'new') &&
			(wanted === undefined || executions.some(({ id }) => id === wanted));
		if ((isQuiet && executions.length === known) || Date.now() > deadline) return executions;
		known = isQuiet ? executions.length : undefined;
		await wait(100);
	}
}
