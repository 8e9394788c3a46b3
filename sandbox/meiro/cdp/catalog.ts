import { refuse } from '../json';
import { eventTypeFields, readFields, sourceFields } from './bodies';
import { eventIdOf } from './ids';
import { toAttribute, toEventType, toSegment, toSource } from './rows';
import {
	defaultAttributes,
	defaultCustomers,
	defaultEventTypes,
	defaultSegments,
	defaultSources,
} from './seeds';
import { toPlainTime } from './times';
import type {
	Attribute,
	CdpAssumptions,
	CdpOptions,
	Customer,
	EventType,
	EventTypeSeed,
	Segment,
	Source,
	SourceSeed,
} from './types';

/** What an administrator set up in the CDP, and whom it knows. */
export interface Catalog {
	sources: Source[];
	eventTypes: EventType[];
	attributes: Attribute[];
	customers: Customer[];
	segments: Segment[];
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
	const segments = (seeds.segments ?? defaultSegments).map((seed, index) =>
		toSegment(seed, stamp(index)),
	);
	const keys = new Set(eventTypes.map(keyOf));

	return {
		sources,
		eventTypes,
		attributes,
		customers: seeds.customers ?? defaultCustomers,
		segments,
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

/** Assumed of the full structure: a row keeps its `source_id` and has the source itself beside it. */
export function withSource({ sources }: Catalog) {
	return <Row extends { source_id: string }>(row: Row): Row & { source: Source | null } => ({
		...row,
		source: sources.find(({ id }) => id === row.source_id) ?? null,
	});
}

function keyOf(key: Pick<EventType, 'source_id' | 'type' | 'version'>): string {
	return JSON.stringify([key.source_id, key.type, key.version]);
}
