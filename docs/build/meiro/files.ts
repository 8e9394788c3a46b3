// What a Meiro admin pastes or imports: meiro/, made from the contract, the recipes and the templates.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { eventTypeId } from '../../../nodes/MeiroCdp/actions/eventType/eventId';
import { DEFAULT_IDENTIFIER_TYPES } from '../../../nodes/MeiroEvents/build/identify';
import { described } from '../catalogue';
import { allEventNames } from '../samples';
import { templateEvents } from '../templateEvents';
import { attributes, SOURCE, TYPE_VERSION } from './attributes';
import { readme } from './readme';
import { schemaOf } from './schemas';
import { transformCode } from './transform';

const ROOT = join(__dirname, '../../..');
const SET_UP = 'templates/set-up-meiro.json';
/** The node of the template that knows the event types. */
const CATALOGUE_NODE = 'What Each Template Sends';

/** Contents by path from the project's folder on. */
export function meiroFiles(): Record<string, string> {
	return {
		'meiro/README.md': readme(),
		'meiro/cdp/event-types.json': json(allEventNames().map(eventType)),
		'meiro/cdp/stitching.json': json(stitching()),
		'meiro/cdp/attributes.json': json(
			attributes().map((attribute) => ({ ...attribute, sql: undefined })),
		),
		'meiro/cdp/loader-me-to-cdp.json': json(LOADER),
		'meiro/pipes/transform.js': transformCode(),
		'meiro/pipes/attributes.sql': attributesSql(),
		[SET_UP]: setUpTemplate(),
		...Object.fromEntries(
			allEventNames().map((name) => [
				`meiro/pipes/event-types/${name}.json`,
				json(pipesEventType(name)),
			]),
		),
	};
}

/** The body of POST /events: https://docs.meiro.dev/docs/api/meiro-cdp-api/events */
export function eventType(type: string) {
	const { title, use } = described(type);
	return {
		id: eventTypeId(SOURCE, type, TYPE_VERSION),
		source_id: SOURCE,
		type,
		version: TYPE_VERSION,
		name: title,
		description: use,
		schema: { title, display: [] },
		is_hidden: 0,
		ttl: 0,
		ttl_mutable: 0,
		priority: 0,
	};
}

/** An Event Type of Pipes with its rules: names as in Meiro's demo code, see meiro/README.md. */
function pipesEventType(name: string) {
	return {
		name,
		jsonSchema: schemaOf(name),
		identifierRules: Object.entries(DEFAULT_IDENTIFIER_TYPES).map(([field, identifierTypeId]) => ({
			identifierTypeId,
			rule: `$.profile.${field}`,
		})),
	};
}

/** Categories of the CDP's identity stitching, ids in small letters: the IDs by which Meiro's own pages call them, where they do. */
export function stitching() {
	const path = (field: string) => `payload -> 'profile' ->> '${field}'`;
	return [
		{ category: 'ps_email_address', name: 'Email address', value: `lower(trim(${path('email')}))` },
		{
			category: 'ps_phone_number',
			name: 'Phone number',
			value: `regexp_replace(${path('phone_number')}, '[^0-9]', '', 'g')`,
		},
		{ category: 'ps_customer_id', name: 'Customer ID of the shop', value: path('external_id') },
		{ category: 'ps_klaviyo_id', name: 'Klaviyo ID', value: path('klaviyo_id') },
	].map((row) => ({ ...row, source: SOURCE, events: 'all event types of the source' }));
}

const LOADER = {
	parameters: {
		credentials: {
			me_db: { host: '', port: '', user: '', database: '', '#password': '' },
			cdp: { url: '', username: '', '#password': '' },
		},
		dry_run: true,
		first_run_time_window: '1 hour ago',
		events: [],
	},
};

function attributesSql(): string {
	return attributes()
		.map(({ id, name, description, sql }) => `-- ${id}: ${name}. ${description}.\n${sql};\n`)
		.join('\n');
}

/** The template with the event types of today in it. */
function setUpTemplate(): string {
	const template = JSON.parse(readFileSync(join(ROOT, SET_UP), 'utf8')) as {
		nodes: Array<{ name: string; parameters: Record<string, unknown> }>;
	};
	const node = template.nodes.find(({ name }) => name === CATALOGUE_NODE);
	if (node === undefined) throw new Error(`${SET_UP} has no node '${CATALOGUE_NODE}'`);
	node.parameters.jsonOutput = json(sentByTemplate()).trim();
	return json(template);
}

/** The event types that each template sends, but for those that its user chooses, and what is to be pasted beside them. */
export function sentByTemplate() {
	const templates: Record<string, Array<{ type: string; name: string }>> = {};
	for (const { name, template } of templateEvents()) {
		// One watches a template's own events; one sends what can't be a customer event, as it is about a thing.
		if (/^(delivery-watch|set-up-meiro|campaigns.*)$/.test(template)) continue;
		(templates[template] ??= []).push({ type: name, name: described(name).title });
	}
	return {
		templates,
		stitching: stitching().map(({ category, value }) => ({ category, value })),
		attributes: attributes().map(({ id, calculation, definition: { value, filter, types } }) => ({
			...{ id, calculation },
			definition: { value, filter, types },
		})),
	};
}

function json(value: unknown): string {
	return `${JSON.stringify(value, null, '\t')}\n`;
}
