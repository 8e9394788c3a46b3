// The event dictionary, read from the code: interfaces and their comments, recipes, and the layouts themselves.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { IDataObject } from 'n8n-workflow';
import ts from 'typescript';

import { NAME_BY_TRIGGER, toSnakeCase } from '../../nodes/Klaviyo/normalise/eventName';
import { RECIPES } from '../../nodes/Klaviyo/trigger/recipes';
import { DEFAULT_IDENTIFIER_TYPES } from '../../nodes/MeiroEvents/build/identify';
import { shapeOf, type Layout } from '../../nodes/MeiroEvents/build/shape';
import { PROFILE_EVENT } from '../../nodes/MeiroEvents/build/take';
import { EVENT_VERSION } from '../../nodes/shared/event/contract';
import { PLACEHOLDERS } from '../../nodes/shared/event/placeholders';
import { templateEvents } from './templateEvents';

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
		when: `A flow that starts from ${type === 'unknown' ? 'something unknown' : type.replace('_', ' ')}, whose body names no event`,
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
			when: 'What is known of a person, sent by Profile: Send Profile Event',
			has: ['profile.properties'],
		},
	].sort((a, b) => a.name.localeCompare(b.name));
}

/** The dictionary as Markdown. */
export function dictionary(): string {
	const metrics = ['Placed Order', 'Started Checkout', 'Submitted review', 'Canceled Order'];
	return `# Event dictionary

For the person who defines events, stitching rules and attributes in Meiro. Made from the code by \`npm run docs:events\`.

This is **version ${EVENT_VERSION}** of the dictionary; every event carries it as \`event_version\`.

## Version rules

- In Meiro, an event's source, type and version can't be edited later. So a path never changes its meaning or its type within
  a version, and no path is taken away.
- New optional paths and new event names may come within a version: an event definition in Meiro must not forbid paths that it does not know.
- Whatever else changes gets the next version, which the changelog announces.

## Event names

${table(
	['event_name', 'When', 'Has beside what all have'],
	eventNames().map(({ name, when, has }) => [code(name), when, has.map(code).join(', ')]),
)}

All other events have the name of their Klaviyo metric in snake_case:
${metrics.map((metric) => `${metric} is ${code(toSnakeCase(metric))}`).join(', ')}.

The name is the first of these that says something:

1. the body's own \`event_name\`. In a flow that n8n makes, the option *Event Name* of the Klaviyo Trigger stands there.
2. the body's \`metric\`.
3. the option *Event Name* of the Klaviyo Trigger, for a body that has neither.
4. the flow's name, if the body has it.
5. the body's \`trigger_type\`, if it is none of Klaviyo's kinds.
6. the name of the kind of flow, from the table above.

## Events that the templates send

Read from the [templates](templates.md) themselves. One that passes on what you choose stands here with the events of its
samples, if it has any.

${table(
	['event_name', 'Template', 'Filled in by the template'],
	templateEvents().map(({ name, template, adds }) => [
		code(name),
		`[${template}](templates.md#${template})`,
		adds.map(code).join(', '),
	]),
)}

## Paths

What is optional is absent when it is not known: never empty text. Under \`properties\` and \`profile.properties\` stands what your shop
sends, under its own names. With *Map Each Field Below* an event has \`event_id\`, \`event_name\`, \`event_version\`, \`event_time\`,
\`event_time_source\`, \`account\`, \`profile\` and \`properties\`.

In **Meiro Pipes** all this is the \`event_payload\`; \`event_type\` is the event's name, \`event_time\` its time, and \`identifiers\`
are made of the profile's ids.

${table(
	['Path', 'Type', 'Meaning', 'In layout Flat', 'In layout Under Payload'],
	fieldsOfContract().map(({ path, type, optional, comment }, _, all) => [
		code(path),
		`${code(readable(type))}${optional ? ', optional' : ''}`,
		comment,
		all.some((other) => other.path.startsWith(`${path}.`)) ? '' : code(pathIn('flat', path)),
		code(pathIn('payload', path)),
	]),
)}

## What is one event

\`event_id\` is a SHA-256. The trigger makes it once, and no later node changes it. One event has one ID however often Klaviyo sends it, and
whether it comes by a flow, by two flows, by polling, by a system webhook or by Event: Get Many. It is made of:

| Kind | Example | Parts |
|---|---|---|
| a metric's own event | \`placed_order\` | account label, name, person, occurrence |
| a group's or a date's own event | \`subscribed_to_list\`, \`joined_segment\`, \`birthday\`, \`anniversary\`, \`date_reached\` | the same, and the list or segment |
| a step's own event: every other name | \`winback_due\` | the same, and flow, step and delay |

- **Account label** is what you typed under *Account*. Type the same in each node, or nothing in all of them.
- **Person** is \`klaviyo_id\`, else \`external_id\`, else the e-mail address without case, else the phone number. Put \`klaviyo_id\` into every body.
- **Occurrence** is the first of these that is known: the sender's ID (\`trigger_event.id\`), unless it is a placeholder such as 0 or None; the
  event's own time to the second; for a date the year whose date lies nearest to \`event_day\`; a digest of the event's properties, value and
  currency with the day. The day is \`event_day\`, or that of the receipt in UTC.
- A **test** has an ID of its own each time.

These limits are accepted. Each ends in two events for one, or in one event for two:

| Case | What comes of it | What helps |
|---|---|---|
| Klaviyo merges two profiles | An event that is told before and after the merge has two IDs | |
| The body has neither an ID nor a time, and Klaviyo renders it anew after midnight for a retry | The retry has another ID | Put \`event_id\` or \`event_time\` into the body |
| Two events without ID and time have the same content on the same day | They have one ID. A person who joins a list twice on one day is one event | the same |
| A list or segment flow does not say when the person joined; polling does | The two ways give two IDs | Take one of the two for a list |
| A date flow repeats every month | It has one ID a year | Put \`event_id\` into its body, e.g. with the month |
| A date flow runs in a profile's time zone that is ahead of the account's. Example: a birthday on 1 January in Auckland, an account in Los Angeles | \`event_day\` is the account's day, 31 December. \`event_id\` counts the birthday to the year of its own date only if the body has the date; otherwise to the year of \`event_day\` | Send the date along, e.g. as \`birthday\` |
| The event's time is only its receipt (\`event_time_source\` is \`received\`), and it is sent again | \`event_id\` stays the same and \`event_time\` does not. Pipes compares times, so it stores both under one \`event_id\` | Send an ID and a time along, or use *Event → Complete* of the Klaviyo node |
| An address holds an HTML entity, e.g. \`o&#39;brien@shop.example\` | It is taken as it stands: this is another person than \`o'brien@shop.example\`. Klaviyo was never seen to write entities | |

## When it happened

\`event_time\` is never later than \`received_at\` and never made of a day alone. It is the first of these that is known: Klaviyo's own time of the
event; the body's own time, with an offset or in the account's time zone; \`$event_id\`, where it is the Unix second of the event; \`received_at\`. A
step's own event happens the step's delay later. A time among the properties that lies after the receipt is an appointment, not the event's time. A
time of the body without an offset stays a property when the account's time zone is not known.

## Stitching

Identifier types are those that Meiro Pipes documents, but for the shop's ID: Pipes' \`user_id\` is often the browser's.
*Compatibility → Identifier Type of External ID* changes it. For Meiro Events, define stitching rules on the same paths.

${table(
	['Path', 'Identifier type in Meiro Pipes'],
	[
		...Object.entries(DEFAULT_IDENTIFIER_TYPES).map(([field, type]) => [
			code(`profile.${field}`),
			type === '' ? 'none' : code(type),
		]),
		[code('profile.identifiers.*'), 'the name'],
	],
)}

## Placeholders

Texts that stand where an ID is not known are no IDs, of people or of events: each of them would make one huge person, or one event
for ever, of all who have it. Capitals don't matter, nor do signs around and
between words, nor whether it stands there twice (\`none@none\`). *Placeholder Values* of the Klaviyo Trigger adds your own.

- What has neither a letter nor a digit other than 0: \`-\`, \`--\`, \`?\`, \`0\`, \`0.00\`, a UUID of zeros.
${Object.values(PLACEHOLDERS)
	.map((words) => `- ${words.map(code).join(', ')}`)
	.join('\n')}
- A variable of a template that nobody filled in: \`{{ person.id }}\`, \`\${id}\`, \`{id}\`, \`[[id]]\`, \`*|ID|*\`; or what a spreadsheet writes where it can't: \`#REF!\`.
`;
}

/** Type names of the code in words that JSON knows. */
function readable(type: string): string {
	return type
		.replace(/\bIDataObject\b/g, 'object')
		.replace(/\bRecord<string, string>/g, 'object of strings')
		.replace(
			/\b(Profile|TriggerEvent|NamedReference|FlowReference|CampaignReference|SubjectReference)\b/g,
			'object',
		)
		.replace(/\bTriggerType\b/g, 'string');
}

function code(text: string): string {
	return `\`${text}\``;
}

function table(head: string[], rows: string[][]): string {
	const line = (cells: string[]) =>
		`| ${cells.map((cell) => cell.replace(/\|/g, '\\|')).join(' | ')} |`;
	return [line(head), `|${head.map(() => '---|').join('')}`, ...rows.map(line)].join('\n');
}
