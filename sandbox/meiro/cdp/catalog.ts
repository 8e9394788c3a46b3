import { isJsonObject, refuse } from '../json';
import { eventIdOf } from './ids';
import { toPlainTime } from './times';
import type {
	Attribute,
	AttributeSeed,
	CdpAssumptions,
	CdpOptions,
	Customer,
	EventType,
	EventTypeSeed,
	Source,
	SourceSeed,
} from './types';

/** What an administrator set up in the CDP, and whom it knows. */
export interface Catalog {
	sources: Source[];
	eventTypes: EventType[];
	attributes: Attribute[];
	customers: Customer[];
	hasEventType(sourceId: string, type: string, version: string): boolean;
	/** Throws HttpError when the body is not a source that can be made. */
	addSource(body: unknown): Source;
	/** Throws HttpError when the body is not an event type that can be made. */
	addEventType(body: unknown): EventType;
}

export function createCatalog(
	seeds: CdpOptions,
	now: () => number,
	assumptions: CdpAssumptions,
): Catalog {
	const start = now();
	// A second apart, so that newest first is an order.
	const stamp = (index: number) => {
		const time = toPlainTime(start - 86_400_000 + index * 1000);
		return { modified: time, created: time };
	};
	const eventTypes = (seeds.eventTypes ?? defaultEventTypes).map((seed, index) =>
		toEventType(seed, stamp(index)),
	);
	const named = seeds.sources ?? defaultSources;
	const implied = eventTypes
		.map(({ source_id: id }) => id)
		.filter((id, at, all) => all.indexOf(id) === at && !named.some((one) => one.id === id));
	const sources = [...named, ...implied.map((id) => ({ id }))].map((seed, index) =>
		toSource(seed, stamp(index)),
	);
	const attributes = (seeds.attributes ?? defaultAttributes).map((seed, index) =>
		toAttribute(seed, stamp(index)),
	);
	const keys = new Set(eventTypes.map(keyOf));

	return {
		sources,
		eventTypes,
		attributes,
		customers: seeds.customers ?? defaultCustomers,
		hasEventType: (source_id, type, version) => keys.has(keyOf({ source_id, type, version })),
		addSource(body) {
			const fields = readFields(body, sourceFields);
			refuseExisting(sources, fields.id as string);
			const time = toPlainTime(now());
			const source = toSource(fields as unknown as SourceSeed, { modified: time, created: time });
			sources.push(source);
			return source;
		},
		addEventType(body) {
			const fields = readFields(body, eventTypeFields) as unknown as EventTypeSeed & { id: string };
			if (!sources.some(({ id }) => id === fields.source_id)) {
				refuse(400, `Unknown source_id '${fields.source_id}'`);
			}
			if (
				assumptions.eventTypeIdMustBeMd5 &&
				fields.id !== eventIdOf(fields.source_id, fields.type, fields.version)
			) {
				refuse(400, 'id must be the UUID form of md5(source_id + type + version)');
			}
			refuseExisting(eventTypes, fields.id);
			if (keys.has(keyOf(fields))) {
				refuse(assumptions.existingIdStatus, 'An event of this source, type and version exists');
			}
			const time = toPlainTime(now());
			const eventType = toEventType(fields, { modified: time, created: time });
			eventTypes.push(eventType);
			keys.add(keyOf(eventType));
			return eventType;
		},
	};

	function refuseExisting(rows: Array<{ id: string }>, id: string): void {
		if (rows.some((row) => row.id === id)) {
			refuse(assumptions.existingIdStatus, `The id '${id}' exists already`);
		}
	}
}

function keyOf(key: Pick<EventType, 'source_id' | 'type' | 'version'>): string {
	return JSON.stringify([key.source_id, key.type, key.version]);
}

type Kind = 'text' | 'number' | 'json';
type Fields = Record<string, { kind: Kind; isOptional?: boolean }>;

const text = { kind: 'text' } as const;
const number = { kind: 'number' } as const;

// https://docs.meiro.dev/docs/api/meiro-cdp-api/data-sources
const sourceFields: Fields = {
	id: text,
	name: text,
	type: text,
	description: { ...text, isOptional: true },
	is_hidden: { ...number, isOptional: true },
	frontend_settings: { kind: 'json', isOptional: true },
};

// https://docs.meiro.dev/docs/api/meiro-cdp-api/events
const eventTypeFields: Fields = {
	id: text,
	source_id: text,
	type: text,
	version: text,
	name: text,
	description: { ...text, isOptional: true },
	schema: { kind: 'json' },
	is_hidden: { ...number, isOptional: true },
	ttl: number,
	ttl_mutable: number,
	priority: number,
};

/** The named fields of a body. Throws HttpError 400 that names the one that is missing or wrong. */
function readFields(body: unknown, fields: Fields): Record<string, unknown> {
	if (!isJsonObject(body)) return refuse(400, 'The body must be a JSON object');
	const known = Object.entries(fields).filter(([name, { kind, isOptional }]) => {
		const value = body[name];
		if (isOptional && (value === undefined || value === null)) return false;
		if (!fits[kind](value)) refuse(400, `${name} is missing or has a wrong value`);
		return true;
	});
	return Object.fromEntries(known.map(([name]) => [name, body[name]]));
}

const fits: Record<Kind, (value: unknown) => boolean> = {
	text: (value) => typeof value === 'string' && value !== '',
	number: (value) => Number.isInteger(value),
	json: (value) => isJsonObject(value) || typeof value === 'string',
};

type Stamp = Pick<Source, 'modified' | 'created'>;

function toSource(seed: SourceSeed, stamp: Stamp): Source {
	const plain = { name: seed.id, description: null, type: 'custom', is_hidden: 0, is_system: 0 };
	return { ...plain, frontend_settings: {}, ...stamp, ...seed };
}

function toEventType(seed: EventTypeSeed, stamp: Stamp): EventType {
	return {
		id: eventIdOf(seed.source_id, seed.type, seed.version),
		name: seed.type,
		description: null,
		schema: { title: seed.type, display: [] },
		is_hidden: 0,
		is_system: 0,
		examples: [],
		ttl: 0,
		ttl_mutable: 0,
		priority: 0,
		...stamp,
		...seed,
	};
}

function toAttribute(seed: AttributeSeed, stamp: Stamp): Attribute {
	return {
		source_id: 'klaviyo',
		name: seed.id,
		is_disabled: 0,
		is_unique: 0,
		is_hidden: 0,
		is_system: 0,
		is_pii_protected: 0,
		data_type: 'string',
		order_index: 1000,
		description: null,
		definition: {
			id: seed.id,
			type: 'last',
			value: `payload ->> '${seed.id}'`,
			sources: [seed.source_id ?? 'klaviyo'],
			types: ['profile_updated'],
			versions: ['1-0-0'],
		},
		tags: [],
		...stamp,
		...seed,
	};
}

const defaultSources: SourceSeed[] = [{ id: 'klaviyo', name: 'Klaviyo' }];

const defaultEventTypes: EventTypeSeed[] = [
	'placed_order',
	'profile_updated',
	'subscribed_to_list',
].map((type) => ({ source_id: 'klaviyo', type, version: '1-0-0' }));

// `ps_…` are the names that Meiro's pages use for attributes of identity stitching.
const defaultAttributes: AttributeSeed[] = [
	{ id: 'ps_email_address', name: 'E-mail address', is_unique: 1, is_pii_protected: 1 },
	{ id: 'first_name', name: 'First name', is_pii_protected: 1 },
	{ id: 'last_name', name: 'Last name', is_pii_protected: 1 },
	{ id: 'lists', name: 'Lists' },
	{ id: 'orders_count', name: 'Number of orders', data_type: 'number' },
];

const defaultCustomers: Customer[] = [
	{
		customer_entity_id: '0000000071e3908f5aaaf022aa842b45',
		attributes: {
			ps_email_address: ['jana@shop.example', 'jana.novak@work.example'],
			first_name: 'Jana',
			last_name: 'Novak',
			lists: ['Newsletter', 'VIP'],
			orders_count: 3,
		},
		segments: [1, 42],
	},
	{
		customer_entity_id: '000000001f0e3dad99908345f7439f8f',
		attributes: { ps_email_address: ['petr@shop.example'], first_name: 'Petr' },
		segments: [1],
	},
];
