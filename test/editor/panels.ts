import { randomUUID } from 'node:crypto';
import {
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodeTypeDescription,
} from 'n8n-workflow';

import { credentialsOf } from '../../sandbox/n8n/templates';
import { openNode, openWorkflow } from '../../sandbox/editor/browser';
import { closeNode, field, panelOf } from '../../sandbox/editor/panel';
import type { WorkflowFile } from '../../sandbox/n8n/client';
import { nodeTypes } from './support/nodeTypes';
import { editor } from './support/world';

interface Panel {
	name: string;
	type: INodeTypeDescription;
	parameters: INodeParameters;
}

const optionsOf = (
	type: INodeTypeDescription,
	name: string,
): Array<{ name: string; value: string }> =>
	type.properties
		.filter((property) => property.name === name)
		.flatMap(({ options = [] }) => options as never);

/** What decides which fields a panel has, for each of our nodes. */
function variants(type: INodeTypeDescription): INodeParameters[] {
	switch (type.name.split('.')[1]) {
		case 'klaviyoTrigger':
			return optionsOf(type, 'setUp').flatMap(({ value: setUp }) =>
				setUp === 'systemWebhook'
					? [{ setUp }]
					: optionsOf(type, 'recipe').map(({ value: recipe }) => ({ setUp, recipe })),
			);
		case 'klaviyoUpdatesTrigger':
			return [{}, { events: optionsOf(type, 'events').map(({ value }) => value) }];
		case 'meiroEvents':
			return operations(type).flatMap((parameters) => [
				parameters,
				{ ...parameters, eventFields: 'map' },
			]);
		default:
			return operations(type);
	}
}

function operations({ properties }: INodeTypeDescription): INodeParameters[] {
	return properties
		.filter(({ name }) => name === 'operation')
		.flatMap(({ displayOptions, options = [] }) =>
			(displayOptions?.show?.resource ?? [undefined]).flatMap((resource) =>
				options.map((option) => ({
					...(resource === undefined ? {} : { resource: String(resource) }),
					operation: (option as { value: string }).value,
				})),
			),
		);
}

async function panels(): Promise<Panel[]> {
	return (await nodeTypes()).flatMap((type) =>
		variants(type).map((parameters) => ({
			name: [
				type.displayName,
				...Object.values(parameters).map((value) => (Array.isArray(value) ? 'all' : String(value))),
			].join(' '),
			type,
			parameters,
		})),
	);
}

/** The fields that the panel is to show, of those that are not notices or groups of options. */
function shownFields({ type, parameters }: Panel): {
	all: INodeProperties[];
	values: INodeParameters;
} {
	const values = NodeHelpers.getNodeParameters(
		type.properties,
		parameters,
		true,
		false,
		{ typeVersion: versionOf(type) } as INode,
		type,
	)!;
	const all = type.properties.filter(
		(property) =>
			![
				'notice',
				'hidden',
				'collection',
				'fixedCollection',
				'assignmentCollection',
				'filter',
			].includes(property.type) &&
			NodeHelpers.displayParameter(
				values,
				property,
				{ typeVersion: versionOf(type) } as INode,
				type,
			),
	);
	return { all, values };
}

const versionOf = ({ version }: INodeTypeDescription): number =>
	Array.isArray(version) ? Math.max(...version) : version;

function isEmpty(value: unknown): boolean {
	if (Array.isArray(value)) return value.length === 0;
	if (typeof value === 'object' && value !== null)
		return (value as { value?: unknown }).value === '';
	return value === '' || value === undefined;
}

/** The fields that the panel marks red, by their names. */
async function markedFields(): Promise<string[]> {
	const paths = await panelOf(editor.page)
		.getByTestId('parameter-issues')
		.evaluateAll((marks) =>
			marks.map((mark) => {
				const holder =
					mark.closest('[data-parameter-path]') ??
					mark.parentElement?.querySelector('[data-parameter-path]');
				return holder?.getAttribute('data-parameter-path') ?? 'a field without a name';
			}),
		);
	return paths.map((path) => path.replace(/^parameters\./, '')).sort();
}

describe('the panels', () => {
	let all: Panel[];

	beforeAll(async () => {
		all = await panels();
		const nodes = all.map(({ name, type, parameters }, index) => {
			const node = { id: randomUUID(), name, type: type.name, parameters };
			return {
				...node,
				...credentialsOf(editor.world, node),
				typeVersion: versionOf(type),
				position: [(index % 10) * 300, Math.floor(index / 10) * 220],
			};
		}) as WorkflowFile['nodes'];
		const { id } = await editor.world.client.createWorkflow({
			name: 'All panels',
			nodes,
			connections: {},
		});
		await openWorkflow(editor.page, id);
		editor.complaints();
	});

	it('are those of every set-up, recipe, resource and operation', () => {
		expect(all.length).toBeGreaterThanOrEqual(50);
		expect(new Set(all.map(({ name }) => name)).size).toBe(all.length);
	});

	it('show all their fields, mark those that are required and empty, and no others, and the browser complains of nothing', async () => {
		const found: Record<string, unknown> = {};
		const wanted: Record<string, unknown> = {};
		for (const panel of all) {
			const { all: fields, values } = shownFields(panel);
			await openNode(editor.page, panel.name);
			const missing: string[] = [];
			for (const { name } of fields) {
				await field(editor.page, name)
					.first()
					.waitFor({ timeout: 20_000 })
					.catch(() => missing.push(name));
			}
			found[panel.name] = {
				marked: await markedFields(),
				missing,
				complaints: editor.complaints(),
			};
			wanted[panel.name] = {
				marked: fields
					.filter(({ name, required }) => required && isEmpty(values[name]))
					.map(({ name }) => name)
					.sort(),
				missing: [],
				complaints: [],
			};
			await closeNode(editor.page);
		}
		expect(found).toEqual(wanted);
	}, 600_000);

	it('say of an empty field that it is required', async () => {
		const { page } = editor;
		await openNode(page, all.find(({ parameters }) => parameters.setUp === 'systemWebhook')!.name);
		await panelOf(page).getByTestId('parameter-issues').first().hover();
		await page
			.getByTestId('tooltip-content')
			.getByText('Parameter "Topic Names or IDs" is required.')
			.waitFor();
		await closeNode(page);
	});
});
