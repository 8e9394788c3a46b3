// docs/events.md.
import type { IDataObject } from 'n8n-workflow';

import { toSnakeCase } from '../../nodes/Klaviyo/normalise/eventName';
import { DEFAULT_IDENTIFIER_TYPES } from '../../nodes/MeiroEvents/build/identify';
import { EVENT_VERSION } from '../../nodes/shared/event/contract';
import { PLACEHOLDERS } from '../../nodes/shared/event/placeholders';
import { described } from './catalogue';
import { eventNames } from './dictionary';
import { code, table } from './markdown';
import { allEventNames, sampleOf } from './samples';
import { templateEvents } from './templateEvents';

/** The event dictionary as Markdown. */
export function eventsPage(): string {
	const metrics = ['Placed Order', 'Started Checkout', 'Submitted review', 'Canceled Order'];
	return `# Event dictionary

For everybody who uses events in Meiro. What an admin pastes into Meiro, and every path, stands in [meiro/](../meiro/README.md). Made from the code by \`npm run docs:events\`. This is **version ${EVENT_VERSION}**: every event carries it as \`event_version\`.

- In Meiro, an event's source, type and version can't be edited later. So within a version no path changes its meaning or type, and no path is taken away.
- New optional paths and new event names may come within a version. An event definition in Meiro must not forbid unknown paths.
- All other changes get the next version. The changelog announces it.

## What you can do with each event

${table(['Event, and when it comes', 'What you can do with it', 'For example', 'Has in addition'], rowsOfEvents())}

## Event names

[Templates](templates.md) that pass on what you choose stand above with their sample events.
All other events have the name of their Klaviyo metric in snake_case:
${metrics.map((metric) => `${metric} is ${code(toSnakeCase(metric))}`).join(', ')}.

The first of these that is there names the event:

1. \`event_name\` in the body, then \`metric\` in the body.
2. The option *Event Name* of the Klaviyo Trigger. In a flow that n8n makes it is the body's \`event_name\`.
3. The flow's name in the body, then a \`trigger_type\` that is none of Klaviyo's kinds.
4. The kind of flow, e.g. \`date_reached\`.

## Paths

Every path with its type, its meaning and how Meiro's products write it: [meiro/](../meiro/README.md#paths).

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
| No ID and no time, same content on one day | Two events are one, e.g. when a person joins a list twice | the same |
| A list or segment flow does not say when the person joined | Flow and polling give two IDs | Take one of the two |
| A date flow repeats every month | It has one ID a year | Put \`event_id\` into the body |
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
		.map(([field, type]) => `${code(type)} for ${code(`profile.${field}`)}`)
		.join(
			', ',
		)}. For Meiro Events and the CDP, define stitching rules on these paths. [In each notation](../meiro/README.md#paths).

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

/** What sets an event apart, in one line. */
function exampleOf(name: string): string {
	const { trigger_event, list, segment, profile, properties } = sampleOf(name).payload as Record<
		string,
		IDataObject | null
	>;
	const { value, currency } = trigger_event ?? {};
	// What a template fills in stands last there, and is what matters.
	const own = Object.entries(properties ?? {}).reverse();
	const facts = Object.entries({
		...(value === undefined ? {} : { value: `${String(value)} ${String(currency)}` }),
		...(list === null || list === undefined ? {} : { list: list.name }),
		...(segment === null || segment === undefined ? {} : { segment: segment.name }),
		...(profile?.properties as IDataObject | undefined),
		...Object.fromEntries(own),
	});
	const told = facts.filter(([, fact]) => !Array.isArray(fact) || fact.length > 0).slice(0, 3);
	return told.length === 0
		? ''
		: code(told.map(([key, fact]) => `${key}: ${[fact].flat().join(', ')}`).join('; '));
}

/** Names that we give by ourselves, and those that a template gives, each with what it has beside what all have. */
function rowsOfEvents(): string[][] {
	const own = eventNames();
	const ofTemplates = templateEvents();
	return allEventNames().map((name) => {
		const known = own.find((one) => one.name === name);
		const senders = ofTemplates.filter((one) => one.name === name);
		const by = senders.map(({ template }) => template).join(', ');
		const when = [...(known ? [known.when] : []), ...(by === '' ? [] : [`Template ${by}`])];
		return [
			`${code(name)}. ${when.join('. ')}`,
			described(name).use,
			exampleOf(name),
			listed(known?.has ?? []),
		];
	});
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
