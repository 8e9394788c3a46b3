import type { World } from '../../../sandbox/demo/world';
import { executedByHand } from '../../../sandbox/n8n/executions';

/** Runs a workflow from one of its triggers with items that stand for what it gives, all in one execution. */
export async function runWith(
	world: World,
	workflowId: string,
	trigger: string,
	items: Array<Record<string, unknown>>,
): Promise<{ id: string; status: string }> {
	// n8n runs by hand with what is pinned in the saved workflow.
	const pinData = { [trigger]: items.map((json) => ({ json })) };
	await world.client.patch(`/rest/workflows/${workflowId}`, { pinData });
	return await executedByHand(world, workflowId, trigger, true);
}
