// The package's templates, imported and filled in as a user does it in the editor.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

import type { SignedIn, WorkflowFile, WorkflowNode } from './client';
import { addressOf, createDataTable } from './dataTables';

export const TEMPLATES = join(__dirname, '../../templates');

/** An n8n that has the package, and what its nodes sign in with, by the credential's type or by another name. */
export interface Equipped extends SignedIn {
	packageName: string;
	credentials: Record<string, { id: string; name: string }>;
}

/** What a scenario says of how a user fills a template in. */
export interface FilledIn {
	template: string;
	parameters?: Record<string, Record<string, unknown>>;
	credentials?: Record<string, Record<string, string>>;
	settings?: Record<string, unknown>;
	dataTables?: Record<string, Record<string, string>>;
	/** Nodes that are off in the template, and that this user wants. */
	activated?: string[];
	/** Nodes that this user does not want; they have no credentials, either. */
	deactivated?: string[];
	/** Id of the workflow that keeps what failed; without it the one that is there, else one is imported. */
	net?: string;
}

/** The workflow that every template hands over to what was not delivered. */
const NET = 'keep-what-failed';

/**
 * Imports templates/<name>.json, fills it in and, where it starts by itself, publishes it, as a user does in the editor. n8n gives each trigger
 * an address of its own (REST and the editor do, where the file has none; the import by n8n's command line doesn't).
 *
 * @returns the nodes as n8n has saved them
 */
export async function importTemplate(
	n8n: Equipped,
	filledIn: FilledIn,
): Promise<{ workflowId: string; nodes: WorkflowNode[] }> {
	const { template, parameters = {}, dataTables = {} } = filledIn;
	for (const [name, columns] of Object.entries(dataTables))
		await createDataTable(n8n, name, columns);
	const file = await templateFile(template);
	const strange = Object.keys(parameters).filter(
		(name) => !file.nodes.some((node) => node.name === name),
	);
	if (strange.length > 0) throw new Error(`${template} has no node ${strange.join(', ')}`);

	const callsNet = file.nodes.some(({ type }) => type === CALLS_NET);
	const net = callsNet ? (filledIn.net ?? (await ensureNet(n8n))) : '';
	const nodes = file.nodes.map((node) => ({
		...node,
		...(filledIn.deactivated?.includes(node.name)
			? { disabled: true }
			: credentialsOf(n8n, node, filledIn.credentials?.[node.name])),
		...(filledIn.activated?.includes(node.name) ? { disabled: false } : {}),
		parameters: {
			...node.parameters,
			...(node.type === CALLS_NET ? { workflowId: chosenWorkflow(net) } : {}),
			...parameters[node.name],
			...optionsOf(node.parameters, parameters[node.name]),
		},
	}));
	const settings = { ...file.settings, ...filledIn.settings };
	const created = await n8n.client.createWorkflow({ ...file, nodes, settings });
	if (startsByItself(created.nodes)) await n8n.client.publish(created);
	return { workflowId: created.id, nodes: created.nodes };
}

/** Whether there is anything to publish: n8n does not publish what only a person starts, in the editor. */
export function startsByItself(nodes: WorkflowNode[]): boolean {
	return nodes.some(
		({ type }) => /(Trigger|\.webhook)$/.test(type) && !type.endsWith('.manualTrigger'),
	);
}

/** What is filled in is added to the options that the template comes with. */
function optionsOf(
	{ options: given }: WorkflowNode['parameters'],
	{ options: filledIn }: Record<string, unknown> = {},
): { options?: object } {
	return filledIn === undefined ? {} : { options: { ...Object(given), ...Object(filledIn) } };
}

/** Nodes of this type hand over to the net. */
export const CALLS_NET = 'n8n-nodes-base.executeWorkflow';

/** A workflow as chosen in the editor. */
export function chosenWorkflow(id: string): Record<string, unknown> {
	return { __rl: true, mode: 'list', value: id };
}

/** The net, imported once as a user does it. It is not to send again in the midst of what is played: it does so each month. */
export async function ensureNet(n8n: Equipped): Promise<string> {
	const { name } = await templateFile(NET);
	const there = await n8n.client.get<Array<{ id: string }>>('/rest/workflows', {
		filter: JSON.stringify({ query: name }),
	});
	if (there[0] !== undefined) return there[0].id;
	const rarely = { rule: { interval: [{ field: 'months' }] } };
	const { workflowId } = await importTemplate(n8n, {
		template: NET,
		parameters: { 'Every 15 Minutes': rarely, 'Every Day': rarely },
	});
	return workflowId;
}

async function templateFile(template: string): Promise<WorkflowFile> {
	return JSON.parse(await readFile(join(TEMPLATES, `${template}.json`), 'utf8')) as WorkflowFile;
}

/** Which credentials our nodes take; those of other nodes a scenario names itself. */
const CREDENTIALS: Record<string, string[]> = {
	klaviyoTrigger: ['klaviyoWebhookApi', 'klaviyoPrivateKeyApi'],
	klaviyoUpdatesTrigger: ['klaviyoPrivateKeyApi'],
	klaviyo: ['klaviyoPrivateKeyApi'],
	meiroEvents: ['meiroEventsApi'],
	meiroCdp: ['meiroCdpApi'],
};

export function credentialsOf(
	{ packageName, credentials }: Equipped,
	{ type }: WorkflowNode,
	others: Record<string, string> = {},
): Pick<WorkflowNode, 'credentials'> {
	const [scope, name] = type.split('.') as [string, string];
	const own = scope === packageName ? (CREDENTIALS[name] ?? []) : [];
	const wanted = { ...Object.fromEntries(own.map((each) => [each, each])), ...others };
	if (Object.keys(wanted).length === 0) return {};
	return {
		credentials: Object.fromEntries(
			Object.entries(wanted).map(([slot, each]) => [slot, credentials[each]!]),
		),
	};
}

interface TableCreation {
	resource?: string;
	tableName: string;
	columns: { column: Array<{ name: string; type: string }> };
}

/** Makes those tables that a template would make at its first run, unless they are there. */
export async function createTablesOf(n8n: SignedIn, template: string): Promise<void> {
	const { nodes } = await templateFile(template);
	const creations = nodes
		.map(({ parameters }) => parameters as unknown as TableCreation)
		.filter(({ resource }) => resource === 'table');
	for (const { tableName, columns } of creations) {
		if ((await addressOf(n8n, tableName)) !== null) continue;
		await createDataTable(
			n8n,
			tableName,
			Object.fromEntries(columns.column.map(({ name, type }) => [name, type])),
		);
	}
}
