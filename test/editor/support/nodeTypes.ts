import type { INodeTypeDescription } from 'n8n-workflow';

import { editor } from './world';

let types: INodeTypeDescription[] | undefined;

/** The descriptions of our nodes as the editor gets them; n8n's variants as tools left out. */
export async function nodeTypes(): Promise<INodeTypeDescription[]> {
	const { client, packageName } = editor.world;
	types ??= (await client.raw<INodeTypeDescription[]>('/types/nodes.json')).filter(
		({ name }) => name.startsWith(`${packageName}.`) && !name.endsWith('Tool'),
	);
	return types;
}
