import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

import type { Scenario } from '../../../sandbox/demo/scenario';
import {
	CALLS_NET,
	chosenWorkflow,
	credentialsOf,
	ensureNet,
	TEMPLATES,
} from '../../../sandbox/n8n/templates';
import { METRICS, NEWSLETTER, SEGMENTS, SHOP, type World } from '../../../sandbox/demo/world';
import { openNode } from '../../../sandbox/editor/browser';
import {
	chooseFromList,
	chooseOption,
	closeNode,
	pickCredentials,
} from '../../../sandbox/editor/panel';
import type { WorkflowFile } from '../../../sandbox/n8n/client';
import { nodeTypes } from './nodeTypes';

type Value = Record<string, unknown> | string;

const isChosen = (value: unknown): value is { value: string; cachedResultName: string } =>
	typeof value === 'object' && value !== null && '__rl' in value && 'cachedResultName' in value;

/** A template as a user gets it, and what is left for them to fill in. */
export interface ToFillIn {
	path: string;
	nodes: WorkflowFile['nodes'];
	/** By the node's name, then the parameter's: what is chosen from a list, and the labels of options. */
	byHand: Record<string, Record<string, { fromList: string; id: string } | { option: string }>>;
	remove(): Promise<void>;
}

/**
 * Sorts what a scenario fills in: lists and options of our nodes are left to the user; the rest (e.g. assignments of an
 * Edit Fields node) is written into a copy of the file.
 */
export async function prepareFile(
	world: World,
	{ template, parameters = {} }: Scenario,
): Promise<ToFillIn> {
	const file = JSON.parse(
		await readFile(join(TEMPLATES, `${template}.json`), 'utf8'),
	) as WorkflowFile;
	const byHand: ToFillIn['byHand'] = {};
	for (const node of file.nodes) {
		if (node.type === CALLS_NET) {
			node.parameters.workflowId = chosenWorkflow(await ensureNet(world));
		}
		for (const [name, value] of Object.entries(
			(parameters[node.name] ?? {}) as Record<string, Value>,
		)) {
			const label = await labelOf(node.type, name, value);
			if (isChosen(value) && node.type.startsWith(`${world.packageName}.`)) {
				(byHand[node.name] ??= {})[name] = { fromList: value.cachedResultName, id: value.value };
			} else if (label !== undefined) {
				(byHand[node.name] ??= {})[name] = { option: label };
			} else {
				node.parameters[name] = value;
			}
		}
	}
	const folder = await mkdtemp(join(tmpdir(), 'klaviyo-meiro-template-'));
	const path = join(folder, `${template}.json`);
	await writeFile(path, JSON.stringify(file));
	return {
		path,
		nodes: file.nodes,
		byHand,
		remove: async () => await rm(folder, { recursive: true, force: true }),
	};
}

/** What dropdowns of the account's own show, by ID: n8n empties them when the credential is chosen, as a user does. */
const IN_THE_ACCOUNT = new Map<unknown, string>([
	[NEWSLETTER.id, NEWSLETTER.name],
	...Object.entries(SEGMENTS).map(([name, id]) => [id, name] as const),
	...Object.entries(METRICS).map(([name, id]) => [id, `${name} (${SHOP})`] as const),
]);

/** What the user reads where they choose the option of that value; undefined when it is no option of our nodes. */
async function labelOf(
	type: string,
	parameter: string,
	value: unknown,
): Promise<string | undefined> {
	const properties = (await nodeTypes()).find(({ name }) => name === type)?.properties ?? [];
	const those = properties.filter(
		(property) => property.name === parameter && property.type === 'options',
	);
	if (those.some(({ typeOptions }) => typeOptions?.loadOptionsMethod))
		return IN_THE_ACCOUNT.get(value);
	return those
		.flatMap(({ options = [] }) => options as Array<{ name: string; value: unknown }>)
		.find((option) => option.value === value)?.name;
}

/** Opens each node that wants something, picks its credentials and fills in what is left to the user. */
export async function fillIn(
	page: Page,
	world: World,
	scenario: Scenario,
	{ nodes, byHand }: ToFillIn,
): Promise<void> {
	for (const node of nodes) {
		const wanted = Object.values(
			credentialsOf(world, node, scenario.credentials?.[node.name]).credentials ?? {},
		);
		const fields = Object.entries(byHand[node.name] ?? {});
		if (wanted.length === 0 && fields.length === 0) continue;
		await openNode(page, node.name);
		await pickCredentials(
			page,
			wanted.map(({ id }) => id),
		);
		for (const [name, choice] of fields) {
			if ('option' in choice) await chooseOption(page, name, choice.option);
			else await chooseFromList(page, name, choice.fromList, SHOP);
		}
		await closeNode(page);
	}
}
