// Names that workflows store: n8n takes the default for a name that it doesn't know, in silence.
import type { INodeProperties, INodePropertyCollection } from 'n8n-workflow';

import { Klaviyo } from '../../nodes/Klaviyo/Klaviyo.node';
import { KlaviyoTrigger } from '../../nodes/Klaviyo/KlaviyoTrigger.node';
import { KlaviyoUpdatesTrigger } from '../../nodes/Klaviyo/KlaviyoUpdatesTrigger.node';
import { MeiroCdp } from '../../nodes/MeiroCdp/MeiroCdp.node';
import { MeiroEvents } from '../../nodes/MeiroEvents/MeiroEvents.node';

/** At most so many parameters, those in collections and the collections included. */
const BUDGET: Array<[new () => { description: { properties: INodeProperties[] } }, number]> = [
	[Klaviyo, 137],
	[MeiroCdp, 52],
	[MeiroEvents, 34],
	[KlaviyoTrigger, 40],
	[KlaviyoUpdatesTrigger, 10],
];

interface Parameter {
	/** Where it stands, e.g. filters.createdAfter. */
	at: string;
	name: string;
	label: string;
	property?: INodeProperties;
}

function parametersIn(properties: INodeProperties[], above = ''): Parameter[] {
	return properties.flatMap((property) => {
		const { name, displayName: label, type, options = [] } = property;
		const at = `${above}${name}`;
		const inner = type === 'collection' || type === 'fixedCollection' ? options : [];
		return [
			{ at, name, label, property },
			...inner.flatMap((option) => {
				if (!('values' in option)) return parametersIn([option as INodeProperties], `${at}.`);
				const { name: group, displayName, values } = option as INodePropertyCollection;
				return [
					{ at: `${at}.${group}`, name: group, label: displayName },
					...parametersIn(values, `${at}.${group}.`),
				];
			}),
		];
	});
}

const NODES = BUDGET.map(([type, most]) => ({
	type: type.name,
	most,
	parameters: parametersIn(new type().description.properties),
}));
const ALL = NODES.flatMap(({ type, parameters }) =>
	parameters
		.filter(({ property }) => property?.type !== 'notice')
		.map((parameter) => ({ ...parameter, at: `${type}: ${parameter.at}` })),
);

/** Names that have two labels, and why. */
const ONE_NAME = new Set([
	// In Meiro Events the collection of rules for them, beside a person's own.
	'identifiers',
]);

/** Labels of two names, and why. */
const ONE_LABEL = new Set([
	// One for each recipe, of which one is shown.
	'Body to Copy Into Klaviyo',
]);

const differing = (pairs: Array<[string, string]>, allowed: Set<string>) => {
	const found = new Map<string, Set<string>>();
	for (const [one, other] of pairs) found.set(one, (found.get(one) ?? new Set()).add(other));
	return [...found]
		.filter(([one, others]) => others.size > 1 && !allowed.has(one))
		.map(([one, others]) => `${one}: ${[...others].join(', ')}`);
};

describe('the parameters of the nodes', () => {
	it('have names in camelCase', () => {
		expect(ALL.filter(({ name }) => !/^[a-z][a-zA-Z0-9]*$/.test(name)).map(({ at }) => at)).toEqual(
			[],
		);
	});

	it('have one label for one name', () => {
		expect(
			differing(
				// n8n's rules want the longer label where a dropdown is loaded whole.
				ALL.map(({ name, label }) => [name, label.replace(/ Names? or IDs?$/, '')]),
				ONE_NAME,
			),
		).toEqual([]);
	});

	it('have one name for one label', () => {
		expect(
			differing(
				ALL.map(({ name, label }) => [label, name]),
				ONE_LABEL,
			),
		).toEqual([]);
	});

	it.each(NODES)('are at most $most in $type', ({ parameters, most }) => {
		expect(parameters.length).toBeLessThanOrEqual(most);
	});

	it('have no two entries of one name in a collection, of which the editor would show the first', () => {
		const doubled = ALL.filter(({ at, property }, index) => {
			if (!/\w\.\w/.test(at)) return false;
			const first = ALL.findIndex((other) => other.at === at);
			return first !== index && ALL[first]!.property?.type !== property?.type;
		});
		expect(doubled.map(({ at }) => at)).toEqual([]);
	});
});
