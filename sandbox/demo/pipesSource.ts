// A Meiro Pipes that an admin set up with what meiro/pipes holds: the source's transform, Event Types with their schemas.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { MeiroOptions } from '../meiro';

const FOLDER = join(__dirname, '../../meiro/pipes');

/** What the transform asks for, as it stands in the file. */
export const PIPES_SECRET = { header: 'X-N8N-Secret', value: 'change-me' };

interface EventType {
	name: string;
	jsonSchema: Record<string, unknown>;
}

/** By the event's name. */
export function pipesSchemas(): Record<string, Record<string, unknown>> {
	const types = readdirSync(join(FOLDER, 'event-types')).map(
		(file) => JSON.parse(readFileSync(join(FOLDER, 'event-types', file), 'utf8')) as EventType,
	);
	return Object.fromEntries(types.map(({ name, jsonSchema }) => [name, jsonSchema]));
}

/** The source `klaviyo`; its events get their identifiers by rules alone. */
export function pipesSource(): Pick<
	MeiroOptions,
	'transforms' | 'eventTypes' | 'eventTypeSchemas'
> {
	const schemas = pipesSchemas();
	return {
		transforms: { klaviyo: readFileSync(join(FOLDER, 'transform.js'), 'utf8') },
		eventTypes: Object.keys(schemas),
		eventTypeSchemas: schemas,
	};
}
