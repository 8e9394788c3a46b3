// Runs of an operation that are made of its own parameters: each option of each of them once.
import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow';

import { byId } from '../support/byId';

/** One value of one parameter. */
export interface Choice {
	/** E.g. `filters.status: Sent`. */
	title: string;
	/** To be tried in this order: with everything else filled in, and with as little as can be. */
	runs: IDataObject[];
}

/** Every option of every parameter, and one value of those that are typed. */
export function choicesOf(properties: INodeProperties[]): Choice[] {
	const full = filledIn(properties);
	const bare = filledIn(
		properties.filter(({ type }) => type !== 'collection'),
		'bare',
	);
	return properties.flatMap((property) => {
		const shown = whatShows(property);
		return valuesOf(property).map(({ title, value }) => ({
			title: `${property.name}${title}`,
			runs: [full, bare].map(
				(base) => ({ ...base, ...shown, [property.name]: value }) as IDataObject,
			),
		}));
	});
}

/** A value of every parameter that can be typed; of choices the default, or everything. */
function filledIn(properties: INodeProperties[], how: 'full' | 'bare' = 'full'): IDataObject {
	const isChosen = ({ type }: INodeProperties) => how === 'bare' && CHOICES.includes(type);
	return Object.fromEntries(
		properties.map((property) => [
			property.name,
			isChosen(property) ? property.default : example(property),
		]),
	) as IDataObject;
}

const CHOICES = ['boolean', 'multiOptions', 'number', 'options'];

/** What other parameters have to be for this one to be shown. */
function whatShows({ displayOptions }: INodeProperties): IDataObject {
	const show = Object.entries(displayOptions?.show ?? {}).filter(([name]) => !name.startsWith('/'));
	return Object.fromEntries(show.map(([name, values]) => [name, values![0]])) as IDataObject;
}

interface Value {
	/** Behind the name of the parameter. */
	title: string;
	value: unknown;
}

function valuesOf(property: INodeProperties): Value[] {
	const one = (value: unknown): Value => ({ title: `: ${String(value)}`, value });
	switch (property.type) {
		case 'boolean':
			return [true, false].map(one);
		case 'options':
			return choices(property).map(one);
		case 'multiOptions':
			return [
				...choices(property).map((value) => ({ ...one(value), value: [value] })),
				{ title: ': all', value: choices(property) },
				...(property.required ? [] : [{ title: ': none', value: [] }]),
			];
		case 'collection':
			return entriesOf(property);
		default:
			return [{ title: '', value: example(property) }];
	}
}

/** Each entry's values beside all other entries. */
function entriesOf(property: INodeProperties): Value[] {
	const entries = (property.options ?? []) as INodeProperties[];
	const full = filledIn(entries);
	return entries.flatMap((entry) =>
		valuesOf(entry).map(({ title, value }) => ({
			title: `.${entry.name}${title}`,
			value: { ...full, [entry.name]: value },
		})),
	);
}

/** What a placeholder gives as an example, or something of the kind. */
function example(property: INodeProperties): unknown {
	const { type, name, placeholder = '', typeOptions } = property;
	switch (type) {
		case 'boolean':
			return true;
		case 'options':
			return property.default;
		case 'multiOptions':
			return choices(property);
		case 'number':
			return typeOptions?.minValue ?? property.default;
		case 'dateTime':
			return /until|before/i.test(name) ? '2026-02-01T00:00:00' : '2026-01-01T00:00:00';
		case 'resourceLocator':
			return byId('AbC123');
		case 'assignmentCollection':
			return { assignments: [{ id: '1', name: 'Points', value: 5, type: 'number' }] };
		case 'json':
			return '{ "Points": 5 }';
		case 'collection':
			return filledIn((property.options ?? []) as INodeProperties[]);
		case 'string':
			return placeholder.replace(/^e\.g\. /, '');
		default:
			throw new Error(`No example of a parameter of type ${type}: ${name}`);
	}
}

function choices({ options = [] }: INodeProperties): unknown[] {
	return (options as INodePropertyOptions[]).map(({ value }) => value);
}
