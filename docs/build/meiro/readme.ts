import { DEFAULT_IDENTIFIER_TYPES } from '../../../nodes/MeiroEvents/build/identify';
import { fieldsOfContract, pathIn, readable, topLevel } from '../dictionary';
import { code, table } from '../markdown';
import { attributes, SOURCE, TYPE_VERSION } from './attributes';
import { alertPath, jsonPath, sqlPath } from './paths';

/** What is in meiro/, and where it goes. */
export function readme(): string {
	const leaves = fieldsOfContract().filter(
		({ path }, _, all) => !all.some((other) => other.path.startsWith(`${path}.`)),
	);
	return `# For the person who sets up Meiro

Made from the code by \`npm run docs:events\`. Everything here fits the layout *Whole Event*, the source \`${SOURCE}\` and the version \`${TYPE_VERSION}\`. Nothing
here was tried against a live Meiro.

**Rules before data.** Stitching rules and identifier rules count for events that come after them. Make them first, then publish workflows.

**Only what you use.** In the CDP, source, type and version of an event can't be edited later. Make the types of the templates that you use, not all of
them. The template *set-up-meiro* does that for you.

## Meiro CDP

| File | What it is | Where it goes |
|---|---|---|
| [cdp/event-types.json](cdp/event-types.json) | one body of \`POST /events\` per event type; \`id\` is the MD5 of source, type and version, \`schema\` the display schema | the API, or by hand: Administration → Entities → Events |
| [cdp/stitching.json](cdp/stitching.json) | categories and values for identity stitching | Administration → Identity Stitching, by hand. Switch each category on for the Audience API if you ask by it |
| [cdp/attributes.json](cdp/attributes.json) | attributes that shops want | Administration → Entities → Attributes, by hand |
| [cdp/loader-me-to-cdp.json](cdp/loader-me-to-cdp.json) | configuration of *Loader ME to CDP*, only for the way over Meiro Events | Meiro Integrations |

- The display schema has a title and no items: how an item is written in the API is not in the documentation that we could read. In the form an item has
  Name, Type, Format and Path.
- An attribute's \`definition\` has the fields that Meiro documents. Of its \`type\` only \`last\` is documented by name; for the others choose in the form what
  \`calculation\` says. \`filter\` keeps tests out.
- Amounts are in one currency per attribute, so that no sum mixes currencies. Change \`EUR\` to yours, in the ID, too.
- *Loader ME to CDP*: that it has \`events\`, a list of definitions, is documented. What stands in a definition is not in the documentation that we could
  read. Meiro's consultant fills it in. Per event type it has to say: the event name in Meiro Events (\`event_name\`), the CDP's source \`${SOURCE}\`, the
  type (the same name), the version \`${TYPE_VERSION}\`, the time (\`${sqlPath('event_time')}\`), the person (\`${sqlPath('profile.email')}\`, else \`${sqlPath('profile.external_id')}\`), and the payload as it is.
- Events about a thing, e.g. \`campaign_changed\`, can't become customer events: a customer event needs a person.

${table(
	['Attribute', 'Calculation', 'Value', 'Only where', 'Event types'],
	attributes().map(({ id, name, calculation, is_multiple, definition }) => [
		`${name} ${code(id)}`,
		`${calculation}${is_multiple ? ', multiple values' : ''}`,
		code(definition.value),
		code(definition.filter),
		definition.types.map(code).join(', '),
	]),
)}

## Meiro Pipes

| File | What it is | Where it goes |
|---|---|---|
| [pipes/transform.js](pipes/transform.js) | code of the source: checks the secret header, takes the envelope or the raw event | the source's transform; change \`SECRET\`, and choose *Header* in the credential Meiro Events API with the name \`x-n8n-secret\` |
| [pipes/event-types/](pipes/event-types) | a file per Event Type with its JSON Schema and its identifier rules | the source's Event Types |
| [pipes/attributes.sql](pipes/attributes.sql) | the same attributes as SQL over events | the profile's attributes |

- Make the identifier types first: ${Object.values(DEFAULT_IDENTIFIER_TYPES)
		.map(code)
		.join(', ')}. \`customer_id\` is the shop's ID; Pipes' own \`user_id\` is often the browser's.
- The schemas are open: what they don't name may be there.
- An identifier of your own (*Own Identifiers* of Meiro Events), e.g. \`loyalty_id\`, stands at \`profile.identifiers.loyalty_id\`: add an identifier type of
  that name and the rule \`$.profile.identifiers.loyalty_id\`.
- That attributes are SQL over a table \`events\` with \`payload\` and \`event_type_id\`, of one person at a time, is seen in Meiro's demo code, not documented.
  Where \`event_type_id\` is no name in your Pipes, put the IDs in.

## Paths

What has no type is a text. A \`?\` marks what is absent when it is not known, and never empty. \`account\`, \`flow\`, \`trigger_event\`, \`list\` and
\`segment\` can be \`null\`. Under \`properties\` and \`profile.properties\` your shop's data stands under its own names. With *Map Each Field Below* an event has
\`event_id\`, \`event_name\`, \`event_version\`, \`event_time\`, \`event_time_source\`, \`account\`, \`profile\` and \`properties\`.

${table(
	['Path', 'Type', 'Meaning', 'CDP and SQL', 'Pipes: identifier rules', 'Meiro Events: alerts'],
	leaves.map(({ path, type, optional, comment }) => [
		code(path),
		`${readable(type).replace(/^string$/, '')}${optional ? '?' : ''}`,
		comment,
		...[sqlPath(path), jsonPath(path), alertPath(path)].map(code),
	]),
)}

- **Layout Flat**: a dot becomes an underscore, so \`profile.email\` is \`${pathIn('flat', 'profile.email')}\`. Lists stay whole.
- **Layout Under Payload**: ${topLevel().map(code).join(', ')} stay at the top. The rest stands under \`payload\`.
- **Meiro Pipes**: all this is the \`event_payload\`. \`event_type\` is the event's name, \`event_time\` its time, and \`identifiers\` are made of the profile's IDs.
`;
}
