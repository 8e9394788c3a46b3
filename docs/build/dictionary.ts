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
			when: 'What is known of a person, sent by Profile: Send Profile Event',
			has: ['profile.properties'],
		},
	].sort((a, b) => a.name.localeCompare(b.name));
}

/** The dictionary as Markdown. */
export function dictionary(): string {
	const metrics = ['Placed Order', 'Started Checkout', 'Submitted review', 'Canceled Order'];
	return `# Event dictionary

For the person who defines events and stitching rules in Meiro. Made from the code by \`npm run docs:events\`. This is **version ${EVENT_VERSION}**: every event carries it as \`event_version\`.

- In Meiro, an event's source, type and version can't be edited later. So within a version no path changes its meaning or type, and no path is taken away.
- New optional paths and new event names may come within a version. An event definition in Meiro must not forbid unknown paths.
- All other changes get the next version. The changelog announces it.

## Event names

${table(['event_name', 'When', 'Can have in addition'], rowsOfNames())}

[Templates](templates.md) that pass on what you choose stand here with their sample events.
All other events have the name of their Klaviyo metric in snake_case:
${metrics.map((metric) => `${metric} is ${code(toSnakeCase(metric))}`).join(', ')}.

The name is the first of these that is there:

1. \`event_name\` in the body. In a flow that n8n makes, the option *Event Name* of the Klaviyo Trigger stands there.
2. \`metric\` in the body.
3. The option *Event Name* of the Klaviyo Trigger.
4. The flow's name in the body.
5. \`trigger_type\` in the body, if it is none of Klaviyo's kinds.
6. The name of the kind of flow, from the table above.

## Paths

What has no type is a text. A \`?\` marks what is absent when it is not known, and never empty. \`account\`, \`flow\`, \`trigger_event\`, \`list\` and \`segment\` can be \`null\`. Under \`properties\` and \`profile.properties\` your shop's data stands
under its own names. With *Map Each Field Below* an event has \`event_id\`, \`event_name\`, \`event_version\`, \`event_time\`,
\`event_time_source\`, \`account\`, \`profile\` and \`properties\`.

${table(['Path', 'Type', 'Meaning'], rowsOfPaths())}

- **Layout Flat**: a dot becomes an underscore, so \`profile.email\` is \`${pathIn('flat', 'profile.email')}\`. Lists stay whole.
- **Layout Under Payload**: ${topLevel().map(code).join(', ')} stay at the top. The rest stands under \`payload\`.
- **Meiro Pipes**: all this is the \`event_payload\`. \`event_type\` is the event's name, \`event_time\` its time, and \`identifiers\` are made of the profile's IDs.

## What is one event

\`event_id\` is a SHA-256. The trigger makes it once, and no later node changes it. An event keeps its ID however often Klaviyo sends it. The ID is the same
by one flow, by two flows, by polling, by a system webhook and by *Event: Get Many*. It is made of:

| Kind | Example | Parts |
|---|---|---|
| a metric's own event | \`placed_order\` | account label, name, person, occurrence |
| a group's or a date's own event | \`subscribed_to_list\`, \`joined_segment\`, \`birthday\`, \`anniversary\`, \`date_reached\` | the same, and the list or segment |
| a step's own event: every other name | \`winback_due\` | the same, and flow, step and delay |

- **Account label** is what you typed under *Account*. Type the same in each node, or nothing in all of them.
- **Person** is \`klaviyo_id\`, else \`external_id\`, else the email address without case, else the phone number. Put \`klaviyo_id\` into every body.
- **Occurrence** is the first of these that is known. The sender's ID (\`trigger_event.id\`), unless it is a placeholder. The event's own time to the second. For a
  date, the year whose date lies nearest to \`event_day\`. Else a digest of the event's properties, value and currency with the day: \`event_day\`, or the day of the receipt in UTC.
- A **test** has an ID of its own each time.

Known limits:

| Case | What happens | What helps |
|---|---|---|
| Klaviyo merges two profiles | Told before and after the merge, an event has two IDs | |
| No ID and no time, sent again after midnight | The repeat has another ID | Put \`event_id\` or \`event_time\` into the body |
| No ID and no time, same content on one day | Two events are one. So is joining a list twice on one day | the same |
| A list or segment flow does not say when the person joined | Flow and polling give two IDs | Take one of the two |
| A date flow repeats every month | It has one ID a year | Put \`event_id\` with the month into the body |
| A date flow runs in a time zone ahead of the account's | On 1 January \`event_day\` is 31 December of the year before | Send the date along, e.g. as \`birthday\` |
| The time is only the receipt (\`event_time_source\` is \`received\`), sent again | The ID stays, \`event_time\` does not. Pipes stores both | Send an ID or a time along; *Event → Complete* finds the exact time |

## When it happened

\`event_time\` is never later than \`received_at\` and never made of a day alone. It is the first of these that is known:

1. Klaviyo's own time of the event.
2. The body's own time, with an offset or in the account's time zone. Without both it stays a property.
3. \`$event_id\`, where it is the Unix second of the event.
4. \`received_at\`.

A step's own event happens the step's delay later. A time in the properties that lies after the receipt is an appointment, not the event's time.

## Stitching

[Meiro: identity](meiro.md#identity) says how Meiro knows the person. In Meiro Pipes the identifier types are ${Object.entries(
		DEFAULT_IDENTIFIER_TYPES,
	)
		.filter(([, type]) => type !== '')
		.map(([field, type]) => `${code(type)} for ${code(`profile.${field}`)}`)
		.join(', ')}. For Meiro Events, define stitching rules on these paths.

## Placeholders

These texts are no IDs, of people or of events. As an ID, each would make one huge person, or one event for ever. Capitals and signs around
words don't matter, nor does a text that stands there twice (\`none@none\`). *Placeholder Values* of the Klaviyo Trigger adds your own.

- What has no letter and no digit other than 0: \`-\`, \`?\`, \`0.00\`, a UUID of zeros.
- ${Object.values(PLACEHOLDERS)
		.map((words) => code(words.slice(0, 8).join(', ')))
		.join(', ')}, and [more of each kind](../nodes/shared/event/placeholders.ts).
- A variable that nobody filled in: \`{{ person.id }}\`, \`\${id}\`, \`{id}\`, \`[[id]]\`, \`*|ID|*\`. An error of a spreadsheet: \`#REF!\`.
`;
}

/** Names that we give by ourselves, and those that a template gives, each with what it has beside what all have. */
function rowsOfNames(): string[][] {
	const own = eventNames();
	const ofTemplates = templateEvents();
	const names = [...new Set([...own, ...ofTemplates].map(({ name }) => name))];
	const rows = names
		.sort((a, b) => a.localeCompare(b))
		.map((name) => {
			const known = own.find((one) => one.name === name);
			const senders = ofTemplates.filter((one) => one.name === name);
			const by = senders.map(({ template }) => template).join(', ');
			const has = [...(known?.has ?? []), ...senders.flatMap(({ adds }) => adds)];
			return [
				code(name),
				[...(known ? [known.when] : []), ...(by === '' ? [] : [`Template ${by}`])].join('. '),
				listed([...new Set(has)]),
			];
		});
	return joined(rows, 0);
}

/** Neighbours of one kind share a row; what only holds other paths needs none. */
function rowsOfPaths(): string[][] {
	const rows = fieldsOfContract()
		.filter(({ type, comment }) => comment !== '' || !readable(type).startsWith('object'))
		.map(({ path, type, optional, comment }) => [
			code(path),
			`${readable(type).replace(/^string$/, '')}${optional ? '?' : ''}`,
			comment,
		]);
	return joined(rows, 0);
}

/** Rows that differ in one column alone become one, with all that stands there. */
function joined(rows: string[][], column: number): string[][] {
	const found = new Map<string, string[]>();
	for (const row of rows) {
		const key = JSON.stringify(row.filter((_, index) => index !== column));
		const cells = [...(found.get(key) ?? row)];
		if (found.has(key)) cells[column] += `, ${row[column]}`;
		found.set(key, cells);
	}
	return [...found.values()];
}

/** Paths that layout Under Payload leaves where they are. */
function topLevel(): string[] {
	return fieldsOfContract()
		.map(({ path }) => path)
		.filter((path) => !path.includes('.') && pathIn('payload', path) === path);
}

/** `properties.a, b`: a parent that several have is said once. */
function listed(paths: string[]): string {
	const parents = new Map<string, string[]>();
	for (const path of paths) {
		const [, parent = '', name = path] = /^((?:profile\.)?properties\.)(.+)$/.exec(path) ?? [];
		parents.set(parent, [...(parents.get(parent) ?? []), name]);
	}
	return [...parents].map(([parent, names]) => code(`${parent}${names.join(', ')}`)).join(', ');
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
