// What n8n tells of a workflow's executions, and how to start one by hand.
import { setTimeout as wait } from 'node:timers/promises';

import type { ExecutionSummary, SignedIn } from './client';

const ENDED_WITHIN_MS = 60_000;

/** Leads to a place in an execution's data, by the keys on the way; undefined where there is none. */
type Look = (...path: string[]) => Record<string, string> | string | undefined;

/** n8n writes each value once and points to it by its number. */
async function lookInto({ client }: SignedIn, executionId: string): Promise<Look> {
	const { data } = await client.get<{ data: string }>(`/rest/executions/${executionId}`);
	const values = JSON.parse(data) as Array<ReturnType<Look>>;
	return (...path) =>
		path.reduce((place, key) => {
			const number = typeof place === 'object' ? place[key] : undefined;
			return number === undefined ? undefined : values[Number(number)];
		}, values[0]);
}

/** In n8n's own words. */
export async function whyFailed(
	n8n: SignedIn,
	{ id, status }: { id: string; status: string },
): Promise<string> {
	const look = await lookInto(n8n, id);
	const message = look('resultData', 'error', 'message') as string | undefined;
	const node = look('resultData', 'lastNodeExecuted') as string | undefined;
	return `Execution ${id}: ${status} in '${node ?? '?'}': ${message ?? 'without a reason'}`;
}

/** How many items have come out of a node's first output, in all executions that n8n has of the workflow. */
export async function itemsOf(
	n8n: SignedIn,
	{ workflowId }: { workflowId: string },
	node: string,
): Promise<number> {
	let items = 0;
	for (const { id } of await finishedExecutions(n8n, workflowId)) {
		const look = await lookInto(n8n, id);
		const at = (...path: string[]) => look('resultData', 'runData', node, ...path);
		for (let run = 0; at(String(run)) !== undefined; run++) {
			items += (at(String(run), 'data', 'main', '0')?.length as number | undefined) ?? 0;
		}
	}
	return items;
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
