import pLimit from 'p-limit';

import { pause } from '../../bench/load';
import type { ExecutionSummary, N8nClient } from '../../sandbox/n8n/client';

export type KeptExecution = ExecutionSummary;

const IN_PROGRESS = new Set(['new', 'running', 'waiting']);
const ASK_EVERY_MS = 1000;
const QUIET_MS = 3000;
/** A stalled job is seen after 15 s at most with the settings used here, and looked after for 30 s more. */
const STUCK_AFTER_MS = 60_000;
const RETRIED_WITHIN_MS = 60_000;

/** Looks at the executions of some workflows that came since it began. Successful ones are not saved. */
export class Watch {
	private constructor(
		private readonly client: N8nClient,
		private readonly workflowIds: string[],
		private readonly known: Set<string>,
	) {}

	static async begin(client: N8nClient, workflowIds: string[]): Promise<Watch> {
		const watch = new Watch(client, workflowIds, new Set());
		for (const { id } of await watch.all()) watch.known.add(id);
		return watch;
	}

	/** What the list of executions shows and n8n does nothing about any more. */
	async kept(): Promise<KeptExecution[]> {
		return (await this.all()).filter(({ status }) => status !== 'success');
	}

	/** Waits until nothing more happens by itself. @returns whether nothing is left in progress */
	async settled(amount: () => Promise<number>): Promise<boolean> {
		let last = '';
		for (let since = Date.now(); ; await pause(ASK_EVERY_MS)) {
			const open = await this.open().catch(() => Number.NaN);
			const now = `${open} ${await amount()}`;
			if (now !== last) since = Date.now();
			last = now;
			const quietMs = Date.now() - since;
			if (open === 0 && quietMs >= QUIET_MS) return true;
			if (quietMs >= STUCK_AFTER_MS) return false;
		}
	}

	private async open(): Promise<number> {
		return (await this.all()).filter(({ status }) => IN_PROGRESS.has(status)).length;
	}

	private async all(): Promise<ExecutionSummary[]> {
		const pages = await Promise.all(
			this.workflowIds.map(async (id) => await this.client.executions(id)),
		);
		return pages.flat().filter(({ id }) => !this.known.has(id));
	}
}

/** Retries as the button in the list does. @returns by execution, whether the retry went well */
export async function retryAll(
	client: N8nClient,
	kept: KeptExecution[],
): Promise<Map<string, boolean>> {
	const limit = pLimit(4);
	const done = await Promise.all(
		kept.map(async ({ id }) => [id, await limit(async () => await retry(client, id))] as const),
	);
	return new Map(done);
}

async function retry(client: N8nClient, id: string): Promise<boolean> {
	const answer = await Promise.race([
		client
			.post<{ status: string }>(`/rest/executions/${id}/retry`, { loadWorkflow: false })
			// n8n refuses when it has kept no data to start with.
			.catch(() => ({ status: 'refused' })),
		pause(RETRIED_WITHIN_MS).then(() => ({ status: 'unanswered' })),
	]);
	return answer.status === 'success';
}
