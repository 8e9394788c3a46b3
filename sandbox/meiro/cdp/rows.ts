import { eventIdOf } from './ids';
import type {
	Attribute,
	AttributeSeed,
	EventType,
	EventTypeSeed,
	Segment,
	SegmentSeed,
	Source,
	SourceSeed,
} from './types';

/** When a row was made and changed. */
export type Stamp = Pick<Source, 'modified' | 'created'>;

/** A whole row: what the seed leaves open has a plain value. */
export function toSource(seed: SourceSeed, stamp: Stamp): Source {
	const plain = { name: seed.id, description: null, type: 'custom', is_hidden: 0, is_system: 0 };
	return { ...plain, frontend_settings: {}, ...stamp, ...seed };
}

/** A whole row: what the seed leaves open has a plain value. */
export function toEventType(seed: EventTypeSeed, stamp: Stamp): EventType {
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

/** A whole row: what the seed leaves open has a plain value. */
export function toAttribute(seed: AttributeSeed, stamp: Stamp): Attribute {
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

/** A whole row: what the seed leaves open has a plain value. */
export function toSegment(seed: SegmentSeed, stamp: Stamp): Segment {
	return { tags: [], ...stamp, ...seed };
}
