import {
	NodeApiError,
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeExecutionData,
	type INodeProperties,
	type INodePropertyOptions,
} from 'n8n-workflow';

import { undeliveredJson } from '../delivery/errorOutput';
import { panelOf } from './panel';

/** One operation of a resource: how it looks in the editor, and what it does. `Client` talks to the service. */
export interface Operation<Client> {
	option: INodePropertyOptions;
	properties: INodeProperties[];
	/** All items in, all items out. */
	execute(context: IExecuteFunctions, client: Client): Promise<INodeExecutionData[]>;
}

export interface Resource<Client> {
	option: INodePropertyOptions;
	operations: Array<Operation<Client>>;
}

/**
 * All parameters of a node: the resources, their operations, and the fields of each.
 *
 * @param chosen value of the resource that a new node begins with
 */
export function propertiesOf<Client>(
	resources: Array<Resource<Client>>,
	chosen: string,
): INodeProperties[] {
	return [
		{
			displayName: 'Resource',
			name: 'resource',
			type: 'options',
			noDataExpression: true,
			options: resources.map(({ option }) => option),
			default: chosen,
		},
		...resources.map(
			({ option, operations }): INodeProperties => ({
				displayName: 'Operation',
				name: 'operation',
				type: 'options',
				noDataExpression: true,
				displayOptions: { show: { resource: [option.value] } },
				options: operations.map((operation) => operation.option),
				default: String(operations[0]?.option.value ?? ''),
			}),
		),
		...panelOf(
			resources.flatMap(({ option, operations }) =>
				operations.map((operation) => ({
					resource: String(option.value),
					operation: String(operation.option.value),
					properties: operation.properties,
				})),
			),
		),
	];
}

/** The operation that the user chose. @throws NodeOperationError when there is none of that name */
export function chosenOperation<Client>(
	context: IExecuteFunctions,
	resources: Array<Resource<Client>>,
): Operation<Client> {
	const resource = context.getNodeParameter('resource', 0);
	const name = context.getNodeParameter('operation', 0);
	const found = resources
		.find(({ option }) => option.value === resource)
		?.operations.find(({ option }) => option.value === name);
	if (found !== undefined) return found;
	throw new NodeOperationError(
		context.getNode(),
		`'Operation' ${String(name)} is none of 'Resource' ${String(resource)}. Choose another.`,
	);
}

/** Makes an operation out of what is done for one item. */
export function forEachItem<Client>(
	action: (context: IExecuteFunctions, client: Client, index: number) => Promise<IDataObject[]>,
): Operation<Client>['execute'] {
	return async (context, client) => {
		const output: INodeExecutionData[] = [];
		for (let index = 0; index < context.getInputData().length; index++) {
			try {
				for (const json of await action(context, client, index)) {
					output.push({ json, pairedItem: { item: index } });
				}
			} catch (error) {
				const failure = atItem(context, error, index);
				if (!context.continueOnFail()) throw numbered(failure, index);
				output.push(undelivered(context, detailsOf(failure), [index]));
			}
		}
		return output;
	};
}

/**
 * Runs a node as a whole. Where it goes on after errors and throws all the same, e.g. as its credential can't be read,
 * n8n would hand its input on by the first output, as if all were well: so every item tells of the failure.
 *
 * @param about what the outcome of an item says beside the failure
 */
export async function runWhole(
	context: IExecuteFunctions,
	run: () => Promise<INodeExecutionData[]>,
	about: (json: IDataObject) => IDataObject = () => ({}),
): Promise<INodeExecutionData[]> {
	if (!context.continueOnFail()) return await run();
	try {
		return await run();
	} catch (error) {
		return context.getInputData().map(({ json }, index) => {
			const details = detailsOf(atItem(context, error, index));
			return undelivered(context, { ...about(json), ...details }, [index]);
		});
	}
}

function detailsOf(failure: NodeApiError | NodeOperationError): IDataObject {
	return {
		status: 'failed',
		http_status: failure instanceof NodeApiError ? Number(failure.httpCode) : null,
		reason: failure.message,
		...(failure.description ? { description: failure.description } : {}),
	};
}

/** An item that tells of a failure. */
export function undelivered(
	context: IExecuteFunctions,
	outcome: IDataObject,
	indexes: number[],
): INodeExecutionData {
	return {
		json: undeliveredJson(context, outcome),
		pairedItem: indexes.map((item) => ({ item })),
	};
}

function atItem(
	context: IExecuteFunctions,
	error: unknown,
	itemIndex: number,
): NodeApiError | NodeOperationError {
	const failure =
		error instanceof NodeApiError || error instanceof NodeOperationError
			? error
			: new NodeOperationError(context.getNode(), error as Error);
	failure.context.itemIndex = itemIndex;
	return failure;
}

/** What stops an execution names its item in the sentence, too, once. */
function numbered<Failure extends Error>(failure: Failure, index: number): Failure {
	failure.message = `${failure.message.replace(/ \[item \d+\]$/, '')} [item ${index}]`;
	return failure;
}

/** A text parameter, trimmed. @throws NodeOperationError that names it when it is empty */
export function requiredText(
	context: IExecuteFunctions,
	name: string,
	label: string,
	index: number,
): string {
	const text = textParameter(context, name, index);
	if (text !== '') return text;
	throw new NodeOperationError(
		context.getNode(),
		`'${label}' is empty. Enter a value, or check the expression.`,
		{ itemIndex: index },
	);
}

/** A text parameter or what a resource locator holds, trimmed. */
export function textParameter(context: IExecuteFunctions, name: string, index: number): string {
	return String(context.getNodeParameter(name, index, '', { extractValue: true }) ?? '').trim();
}

/** An object from a JSON parameter. @throws NodeOperationError that names it */
export function objectParameter(
	context: IExecuteFunctions,
	value: unknown,
	label: string,
	index: number,
): IDataObject {
	const parsed = objectIn(value);
	if (parsed !== null) return parsed;
	throw new NodeOperationError(
		context.getNode(),
		`'${label}' is not a JSON object. Check its braces and quotes.`,
		{ itemIndex: index },
	);
}

/** The object that a JSON field holds as text or as an object; null when there is none. */
export function objectIn(value: unknown): IDataObject | null {
	let parsed = value;
	if (typeof value === 'string') {
		try {
			parsed = JSON.parse(value);
		} catch {
			return null;
		}
	}
	return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)
		? (parsed as IDataObject)
		: null;
}
