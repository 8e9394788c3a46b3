import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

import { SCENARIOS } from '../../sandbox/demo/scenarios';
import { createDataTable } from '../../sandbox/n8n/dataTables';
import { startsByItself, TEMPLATES } from '../../sandbox/n8n/templates';
import { publishedTemplate } from '../../sandbox/demo/world';
import {
	executeFrom,
	importFile,
	importUrl,
	newestExecution,
	nodeNames,
	publish,
	workflowIdOf,
} from '../../sandbox/editor/workflow';
import type { WorkflowFile } from '../../sandbox/n8n/client';
import { fillIn, prepareFile, type ToFillIn } from './support/fillIn';
import { playFirstEvent } from './support/firstEvent';
import { editor } from './support/world';

/** Its work is that of a person with a form: see selfCheck.ts. */
const PLAYED_APART = 'self-check';

const names = readdirSync(TEMPLATES)
	.filter((name) => name.endsWith('.json'))
	.map((name) => name.replace('.json', ''))
	.filter((name) => name !== PLAYED_APART);

/** The first one comes from a URL, the others from their files. */
const FROM_URL = names[0];

describe('a template', () => {
	afterEach(() => {
		editor.world.meiro.misbehave([]);
		editor.world.gateway.refuseNext(0);
	});

	it.each(names)(
		'%s is imported, filled in, published and does its first work in the editor',
		async (name) => {
			const { page, world } = editor;
			const scenario = SCENARIOS.find(({ template }) => template === name)!;
			await scenario.prepare?.(world);
			for (const [table, columns] of Object.entries(scenario.dataTables ?? {}))
				await createDataTable(world, table, columns);
			const file = await prepareFile(world, scenario);
			try {
				await (name === FROM_URL ? importFromUrl(file) : importFile(page, file.path));
				expect((await nodeNames(page)).sort()).toEqual(
					file.nodes
						.filter(({ type }) => !type.endsWith('.stickyNote'))
						.map((node) => node.name)
						.sort(),
				);
				await fillIn(page, world, scenario, file);
			} finally {
				await file.remove();
			}
			const isPublished = startsByItself(file.nodes);
			if (isPublished) await publish(page);
			const workflowId = workflowIdOf(page);
			if (isPublished) await world.client.published(workflowId);

			const { nodes } = await world.client.get<WorkflowFile>(`/rest/workflows/${workflowId}`);
			for (const [node, fields] of Object.entries(file.byHand)) {
				for (const [field, choice] of Object.entries(fields)) {
					const saved = nodes.find((each) => each.name === node)!.parameters[field];
					if ('id' in choice) expect(saved).toMatchObject({ value: choice.id });
				}
			}
			const published = await publishedTemplate(world, name, workflowId, nodes);
			const problems = await playFirstEvent(
				world,
				scenario,
				published,
				async (trigger) => await executeFrom(page, trigger),
			);
			const status = await newestExecution(page);
			expect({ problems, status }).toEqual({ problems: [], status: 'success' });
		},
	);
});

/** From a server of this machine, as from a repository's raw files. */
async function importFromUrl({ path }: ToFillIn): Promise<void> {
	const content = await readFile(path);
	const server = createServer((_, response) =>
		response.setHeader('Content-Type', 'application/json').end(content),
	);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	try {
		const { port } = server.address() as AddressInfo;
		await importUrl(editor.page, `http://127.0.0.1:${port}/template.json`);
	} finally {
		server.close();
	}
}
