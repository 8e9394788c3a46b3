import type { FunctionsBase } from 'n8n-workflow';

/** Names a node's credential of a type in this process. One a workflow: n8n decides for each which credential it may read. */
export function credentialKeyOf(
	context: Pick<FunctionsBase, 'getNode' | 'getWorkflow'>,
	type: string,
): string {
	const { credentials, id } = context.getNode();
	return `${context.getWorkflow().id}/${credentials?.[type]?.id ?? id}`;
}
