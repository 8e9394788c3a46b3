import type { SignedIn } from '../../../sandbox/n8n/client';
import { executedByHand } from '../../../sandbox/n8n/executions';

/** Runs a workflow from one of its triggers with items that stand for what it gives, or for what the node `gives` gives, all in one execution. */
export async function runWith(
	n8n: SignedIn,
	workflowId: string,
	trigger: string,
	items: Array<Record<string, unknown>>,
	gives = trigger,
): Promise<{ id: string; status: string }> {
	// n8n runs by hand with what is pinned in the saved workflow.
	const pinData = { [gives]: items.map((json) => ({ json })) };
	await n8n.client.patch(`/rest/workflows/${workflowId}`, { pinData });
	return await executedByHand(n8n, workflowId, trigger, true);
}
