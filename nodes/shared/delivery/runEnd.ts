import type { IExecuteFunctions } from 'n8n-workflow';

import type { Runtime } from '../http/runtime';

/** How much of the workflow's own time a node may have used up when it gives up. */
const SHARE = 0.8;

/** The same, from the node's start, where nobody says how long the execution has run. */
const SHARE_UNTOLD = 0.5;

type Context = Pick<IExecuteFunctions, 'getWorkflowSettings'> &
	Partial<Pick<IExecuteFunctions, 'getExecutionContext'>>;

/**
 * The moment of `runtime.now` at which a node gives up, so that it can still tell what became of each item before
 * n8n's 'Timeout Workflow' ends the execution; undefined when the workflow has none. The instance's own
 * EXECUTIONS_TIMEOUT is told to no node.
 */
export function runEndOf(context: Context, runtime: Runtime): number | undefined {
	const totalMs = Number(context.getWorkflowSettings().executionTimeout ?? 0) * 1000;
	if (!(totalMs > 0)) return undefined;
	const startedAt = context.getExecutionContext?.()?.establishedAt;
	const usedMs = startedAt === undefined ? -1 : runtime.wallTime() - startedAt;
	// An execution that waited, or is tried again, may have begun long ago.
	const isTold = usedMs >= 0 && usedMs < totalMs;
	const leftMs = isTold
		? Math.max(SHARE * totalMs - usedMs, (totalMs - usedMs) / 2)
		: SHARE_UNTOLD * totalMs;
	return runtime.now() + leftMs;
}
