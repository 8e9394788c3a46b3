import type { IDataObject } from 'n8n-workflow';

import { isObject, textOf } from '../../shared/event/values';
import { saysItself } from './sendable';

export type Layout = 'whole' | 'flat' | 'payload';

export interface ShapeSettings {
	layout: Layout;
	/** ISO 4217, for amounts that say none; empty for none. */
	defaultCurrency: string;
}

/** Stands at the top whatever the layout is: what a person who reads events in Meiro looks for first. */
const ENVELOPE = [
	'event_id',
	'event_name',
	'event_version',
	'event_time',
	'event_time_source',
	'received_at',
	'event_day',
	'received_via',
	'account',
	'subject',
	'is_test',
];

/** Gives an event the form in which it is sent. Pure; the event is not changed. */
export function shapeOf(event: IDataObject, settings: ShapeSettings): IDataObject {
	const priced = withCurrency(event, settings.defaultCurrency.trim());
	switch (settings.layout) {
		case 'flat':
			return flat(priced);
		case 'payload':
			return underPayload(priced);
		default:
			return priced;
	}
}

/**
 * The paths that a user lists, e.g. 'profile.phone_number, properties.Items.*.Price', as keys.
 */
export function pathsOf(text: string): string[][] {
	return text
		.split(/[,\n]/)
		.map((path) => path.trim())
		.filter((path) => path !== '')
		.map((path) => path.split('.'));
}

/** The event without what stands at the paths; `*` is any key, and a list is looked into entry by entry. */
export function withoutPaths(event: IDataObject, paths: string[][]): IDataObject {
	return paths.reduce<IDataObject>((left, path) => without(left, path) as IDataObject, event);
}

function without(value: unknown, path: string[]): unknown {
	const [key, ...rest] = path;
	if (key === undefined) return value;
	if (Array.isArray(value)) {
		if (key === '*' && rest.length === 0) return [];
		return value.map((entry) => without(entry, key === '*' ? rest : path));
	}
	if (!isObject(value) || saysItself(value)) return value;
	const copy: IDataObject = { ...value };
	for (const name of key === '*' ? Object.keys(value) : Object.hasOwn(value, key) ? [key] : []) {
		if (rest.length === 0) delete copy[name];
		else copy[name] = without(value[name], rest) as IDataObject;
	}
	return copy;
}

/**
 * An amount without a currency is no amount: added to others, it would make a wrong sum. It gets the
 * default, or another name that no sum is made over.
 */
function withCurrency(event: IDataObject, defaultCurrency: string): IDataObject {
	const trigger = event.trigger_event;
	if (!isObject(trigger) || trigger.value === undefined || trigger.value === null) return event;
	if (textOf(trigger.currency) !== undefined) return event;
	if (defaultCurrency !== '') {
		return { ...event, trigger_event: { ...trigger, currency: defaultCurrency } };
	}
	const { value, ...rest } = trigger;
	return { ...event, trigger_event: { ...rest, value_without_currency: value } };
}

/** The name itself, or the first with a number behind it that is not taken. */
export function freeName(name: string, taken: Map<string, unknown>): string {
	let free = name;
	for (let number = 2; taken.has(free); number++) free = `${name}_${number}`;
	return free;
}

/** `profile.email` becomes `profile_email`. Lists stay lists. Where two paths give one name, the later gets a number. */
function flat(event: IDataObject): IDataObject {
	const result = new Map<string, unknown>();
	const walk = (entries: Array<[string, unknown]>, prefix: string) => {
		for (const [key, entry] of entries) {
			const inner = isObject(entry) && !saysItself(entry) ? Object.entries(entry) : [];
			if (inner.length > 0) walk(inner, `${prefix}${key}_`);
			else result.set(freeName(`${prefix}${key}`, result), entry);
		}
	};
	// The envelope first: nothing may take its names.
	const entries = Object.entries(event);
	walk(
		entries.filter(([key]) => ENVELOPE.includes(key)),
		'',
	);
	walk(
		entries.filter(([key]) => !ENVELOPE.includes(key)),
		'',
	);
	return Object.fromEntries(result) as IDataObject;
}

function underPayload(event: IDataObject): IDataObject {
	const entries = Object.entries(event);
	return {
		...Object.fromEntries(entries.filter(([key]) => ENVELOPE.includes(key))),
		payload: Object.fromEntries(entries.filter(([key]) => !ENVELOPE.includes(key))),
	};
}
