// Which events the templates send, read from the templates themselves: from each node that delivers, back to where
// its events come from.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import ts from 'typescript';

import { PROFILE_EVENT } from '../../nodes/MeiroEvents/build/take';

/** An event of a template. */
export interface TemplateEvent {
	name: string;
	/** File name without .json. */
	template: string;
	/** Paths that the template itself fills in. */
	adds: string[];
}

interface TemplateNode {
	name: string;
	type: string;
	parameters: Record<string, unknown>;
}

interface Template {
	nodes: TemplateNode[];
	connections: Record<string, { main: Array<Array<{ node: string }> | null> }>;
	pinData?: Record<string, Array<{ json: { event_name?: string } }>>;
}

/** What a node says of the events that leave it. */
interface Says {
	name?: string;
	adds: string[];
}

const TEMPLATES = join(__dirname, '../../templates');

/** Of every template, in alphabetical order of names. */
export function templateEvents(): TemplateEvent[] {
	return readdirSync(TEMPLATES)
		.filter((file) => file.endsWith('.json'))
		.flatMap((file) => {
			const template = JSON.parse(readFileSync(join(TEMPLATES, file), 'utf8')) as Template;
			return eventsOf(template).map((event) => ({ ...event, template: file.replace('.json', '') }));
		})
		.sort((a, b) => a.name.localeCompare(b.name) || a.template.localeCompare(b.template));
}

function eventsOf(template: Template): Array<Omit<TemplateEvent, 'template'>> {
	const events = new Map<string, Set<string>>();
	for (const node of template.nodes.filter(delivers)) {
		for (const { names, adds } of waysTo(template, node, { names: [], adds: [] }, new Set())) {
			for (const name of names) events.set(name, new Set([...(events.get(name) ?? []), ...adds]));
		}
	}
	return [...events].map(([name, adds]) => ({ name, adds: [...adds].sort() }));
}

function delivers({ type, parameters }: TemplateNode): boolean {
	return (
		(type.endsWith('.meiroEvents') && parameters.operation !== 'validate') ||
		(type.endsWith('.meiroCdp') && parameters.resource === 'customerEvent')
	);
}

interface Way {
	/** Empty as long as nothing names the events: a node nearer to the end decides. */
	names: string[];
	adds: string[];
}

/** Every way on which events reach a node, from where they begin. */
function waysTo(template: Template, node: TemplateNode, way: Way, passed: Set<string>): Way[] {
	if (passed.has(node.name)) return [];
	const { name, adds } = saidBy(node);
	const here: Way = {
		names: way.names.length > 0 || name === undefined ? way.names : [name],
		adds: [...way.adds, ...adds],
	};
	const before = template.nodes.filter(({ name: other }) =>
		(template.connections[other]?.main ?? []).flat().some((target) => target?.node === node.name),
	);
	if (before.length > 0) {
		return before.flatMap((one) => waysTo(template, one, here, new Set([...passed, node.name])));
	}
	// A trigger: its sample tells what it emits.
	const samples = (template.pinData?.[node.name] ?? []).flatMap(
		({ json }) => json.event_name ?? [],
	);
	return [{ ...here, names: here.names.length > 0 ? here.names : [...new Set(samples)] }];
}

function saidBy({ type, parameters }: TemplateNode): Says {
	if (type.endsWith('.meiroEvents')) return saidByDelivery(parameters);
	if (!type.endsWith('.set')) return { adds: [] };
	const { jsonOutput } = parameters;
	return typeof jsonOutput === 'string'
		? saidByJson(jsonOutput)
		: saidByFields(assignmentsIn(parameters));
}

function saidByDelivery({ operation, eventName, properties }: TemplateNode['parameters']): Says {
	if (operation === 'sendProfileEvent') return { name: PROFILE_EVENT, adds: [] };
	const adds = assignmentsIn({ assignments: properties }).map(({ name }) => `properties.${name}`);
	return { name: eventName as string | undefined, adds };
}

interface Assignment {
	name: string;
	value: unknown;
}

function assignmentsIn({ assignments }: { assignments?: unknown }): Assignment[] {
	return (assignments as { assignments?: Assignment[] } | undefined)?.assignments ?? [];
}

function saidByFields(fields: Assignment[]): Says {
	const adds = fields
		.map(({ name }) => name)
		.filter((name) => /^(profile\.)?properties\./.test(name));
	return {
		name: fields.find(({ name }) => name === 'event_name')?.value as string | undefined,
		adds,
	};
}

/** Of `={{ { ...item, event_name: 'cart_recovered', properties: { cart_id: … } } }}`. */
function saidByJson(expression: string): Says {
	const code = /^=\{\{(.*)\}\}$/s.exec(expression)?.[1];
	const source = ts.createSourceFile('expression.ts', `(${code})`, ts.ScriptTarget.ES2022, true);
	const [statement] = source.statements;
	const fields = literalFields(
		statement && ts.isExpressionStatement(statement) ? statement.expression : undefined,
	);
	const name = fields.get('event_name');
	const adds = [...literalFields(fields.get('properties')).keys()].map(
		(key) => `properties.${key}`,
	);
	return { name: name && ts.isStringLiteral(name) ? name.text : undefined, adds };
}

/** The fields that an expression names itself: an object, what it spreads, either side of a choice, what a function gives. */
function literalFields(expression: ts.Node | undefined): Map<string, ts.Expression> {
	if (expression === undefined) return new Map();
	if (ts.isParenthesizedExpression(expression)) return literalFields(expression.expression);
	if (ts.isConditionalExpression(expression))
		return new Map([...literalFields(expression.whenTrue), ...literalFields(expression.whenFalse)]);
	if (ts.isCallExpression(expression)) return literalFields(expression.expression);
	if (ts.isArrowFunction(expression)) return literalFields(expression.body);
	if (!ts.isObjectLiteralExpression(expression)) return new Map();
	return new Map(
		expression.properties.flatMap((field): Array<[string, ts.Expression]> => {
			if (ts.isSpreadAssignment(field)) return [...literalFields(field.expression)];
			if (ts.isShorthandPropertyAssignment(field)) return [[field.name.getText(), field.name]];
			return ts.isPropertyAssignment(field) ? [[field.name.getText(), field.initializer]] : [];
		}),
	);
}
