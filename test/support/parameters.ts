// Whether a workflow's parameters mean something: n8n takes the default for what it doesn't know, in silence.
import {
	isExpression,
	NodeHelpers,
	type INode,
	type INodeParameters,
	type INodeProperties,
	type INodePropertyCollection,
	type INodePropertyOptions,
	type INodeTypeDescription,
} from 'n8n-workflow';

type Dict = Record<string, unknown>;

/**
 * Paths of parameters that no property describes, and of choices that a list doesn't offer, whatever is shown.
 *
 * @returns e.g. `options.chunkSize` or `setUp: createAFlow`
 */
export function unknownParameters(properties: INodeProperties[], given: object): string[] {
	return Object.entries(given).flatMap(([name, value]) => {
		const named = properties.filter((property) => property.name === name);
		if (named.length === 0) return [name];
		const found = named.map((property) => unknownIn(property, value));
		// Several properties share a name where each operation has its own: one that knows all is enough.
		const best = found.reduce((a, b) => (strangeness(b) < strangeness(a) ? b : a));
		return best.map((path) => `${name}${path}`);
	});
}

/** A property that knows the name, but not the choice, is nearer to what is meant than one that knows neither. */
function strangeness(paths: string[]): number {
	return paths.reduce((sum, path) => sum + (path.includes(': ') ? 1 : 1000), 0);
}

/** What of a value one property doesn't know: paths that begin behind its name. */
function unknownIn(property: INodeProperties, value: unknown): string[] {
	if (isExpression(value)) return [];
	const { type, options = [] } = property;
	if (type === 'collection') return below(options as INodeProperties[], value);
	if (type === 'fixedCollection') {
		return Object.entries(value as Dict).flatMap(([group, entries]) => {
			const found = (options as INodePropertyCollection[]).find(({ name }) => name === group);
			if (found === undefined) return [`.${group}`];
			return [entries].flat().flatMap((entry) => below(found.values, entry));
		});
	}
	if (type === 'options' || type === 'multiOptions') {
		const choices = (options as INodePropertyOptions[]).map((option) => option.value);
		const isOpen = property.typeOptions?.loadOptionsMethod !== undefined || choices.length === 0;
		const strange = [value].flat().filter((one) => !choices.includes(one as string));
		return isOpen ? [] : strange.map((one) => `: ${String(one)}`);
	}
	if (type === 'resourceLocator') {
		const { mode } = value as { mode?: string };
		const isKnown = property.modes?.some(({ name }) => name === mode) ?? false;
		return isKnown ? [] : [`.mode: ${String(mode)}`];
	}
	return [];
}

function below(properties: INodeProperties[], value: unknown): string[] {
	return unknownParameters(properties, value as object).map((path) => `.${path}`);
}

/** Paths of parameters that n8n, resolving them as it does for a run, leaves out or changes. */
export function ineffectiveParameters(node: INode, description: INodeTypeDescription): string[] {
	const effective = NodeHelpers.getNodeParameters(
		description.properties,
		node.parameters,
		true,
		false,
		node,
		description,
	);
	return lost(node.parameters, effective ?? {});
}

function lost(given: unknown, effective: unknown, path = ''): string[] {
	if (typeof given === 'object' && given !== null) {
		if (typeof effective !== 'object' || effective === null) return [path];
		return Object.entries(given).flatMap(([key, value]) =>
			lost(value, (effective as Dict)[key], path === '' ? key : `${path}.${key}`),
		);
	}
	return given === effective ? [] : [path];
}

/** Credentials that a node names and its description, shown as its parameters have it, doesn't. */
export function unknownCredentials(node: INode, description: INodeTypeDescription): string[] {
	const parameters = NodeHelpers.getNodeParameters(
		description.properties,
		node.parameters,
		true,
		false,
		node,
		description,
	) as INodeParameters;
	const asked = (description.credentials ?? [])
		.filter((credential) => NodeHelpers.displayParameter(parameters, credential, node, description))
		.map(({ name }) => name);
	return Object.keys(node.credentials ?? {}).filter((name) => !asked.includes(name));
}
