// What docs/events.md and meiro/ are made of, read from the code: interfaces and their comments, recipes, and the layouts themselves.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { IDataObject } from 'n8n-workflow';
import ts from 'typescript';

import { NAME_BY_TRIGGER } from '../../nodes/Klaviyo/normalise/eventName';
import { RECIPES } from '../../nodes/Klaviyo/trigger/recipes';
import { shapeOf, type Layout } from '../../nodes/MeiroEvents/build/shape';
import { PROFILE_EVENT } from '../../nodes/MeiroEvents/build/take';

/** One place in an event. */
export interface Field {
	path: string;
	/** As TypeScript writes it. */
	type: string;
	optional: boolean;
	comment: string;
}

const CONTRACT = join(__dirname, '../../nodes/shared/event/contract.ts');
/** Never sent: see their comments. */
const STAY_IN_N8N = new Set(['raw', 'error']);

/** Every path of an event that is sent, in the order of the contract. */
export function fieldsOfContract(): Field[] {
	const source = ts.createSourceFile(
		CONTRACT,
		readFileSync(CONTRACT, 'utf8'),
		ts.ScriptTarget.ES2022,
		true,
	);
	const interfaces = new Map<string, ts.InterfaceDeclaration>();
	source.forEachChild((node) => {
		if (ts.isInterfaceDeclaration(node)) interfaces.set(node.name.text, node);
	});

	const fieldsOf = (name: string, prefix: string): Field[] =>
		interfaces
			.get(name)!
			.members.filter(ts.isPropertySignature)
			.flatMap((member) => {
				const key = member.name.getText(source);
				const type = member.type!.getText(source);
				const field: Field = {
					path: `${prefix}${key}`,
					type: type.replace(/\s+/g, ' ').replace(/^\| /, ''),
					optional: member.questionToken !== undefined,
					comment: ts
						.getJSDocCommentsAndTags(member)
						.map((doc) => String(doc.comment ?? ''))
						.join(' '),
				};
				const inner = [...interfaces.keys()].find((other) =>
					new RegExp(`\\b${other}\\b`).test(type),
				);
				return inner === undefined ? [field] : [field, ...fieldsOf(inner, `${field.path}.`)];
			});
	return fieldsOf('KlaviyoEvent', '').filter(({ path }) => !STAY_IN_N8N.has(path));
}

/** Where a path of the contract stands in a layout, found out by sending something there. */
export function pathIn(layout: Layout, path: string): string {
	const event = path
		.split('.')
		.reduceRight<unknown>((inner, key) => ({ [key]: inner }), 'here') as IDataObject;
	const shaped = shapeOf(event, { layout, defaultCurrency: 'EUR' });
	return pathTo('here', shaped) ?? '';
}

function pathTo(wanted: string, value: unknown): string | null {
	if (typeof value !== 'object' || value === null) return null;
	for (const [key, entry] of Object.entries(value)) {
		if (entry === wanted) return key;
		const inner = pathTo(wanted, entry);
		if (inner !== null) return `${key}.${inner}`;
	}
	return null;
}

interface EventName {
	name: string;
	when: string;
	/** Fields that this event has and others may not. */
	has: string[];
}

/** Every name that we give by ourselves; the metrics of a shop add their own. */
export function eventNames(): EventName[] {
	const start = { metric: ['trigger_event'], list: ['list'], segment: ['segment'], date: [] };
	const recipes = RECIPES.filter(({ eventName }) => eventName !== null).map((recipe) => ({
		name: recipe.eventName!,
		when: recipe.description,
		has: [
			...start[recipe.startsFrom],
			...(recipe.eventProperties ?? []).map((property) => `properties.${property}`),
		],
	}));
	const byTrigger = Object.entries(NAME_BY_TRIGGER).map(([type, name]) => ({
		name,
		when: `A flow from ${type === 'unknown' ? 'something unknown' : type.replace('_', ' ')}, whose body names no event`,
		has: [],
	}));
	const known = new Set(recipes.map(({ name }) => name));
	const unnamed = byTrigger.filter(({ name }, index) => {
		const first = byTrigger.findIndex((other) => other.name === name) === index;
		return first && !known.has(name);
	});
	return [
		...recipes,
		...unnamed,
		{
			name: PROFILE_EVENT,
			when: 'What is known of a person, sent by Send Profile Event',
			has: ['profile.properties'],
		},
	].sort((a, b) => a.name.localeCompare(b.name));
}

/** Type names of the code in words that JSON knows. */
export function readable(type: string): string {
	return type
		.replace(/\bIDataObject\b/g, 'object')
		.replace(/\bRecord<string, string>/g, 'object of strings')
		.replace(
			/\b(Profile|TriggerEvent|NamedReference|FlowReference|CampaignReference|SubjectReference)\b/g,
			'object',
		)
		.replace(/\bTriggerType\b/g, 'string');
}

/** Paths that layout Under Payload leaves where they are. */
export function topLevel(): string[] {
	return fieldsOfContract()
		.map(({ path }) => path)
		.filter((path) => !path.includes('.') && pathIn('payload', path) === path);
}
