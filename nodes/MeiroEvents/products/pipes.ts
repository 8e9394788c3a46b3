import type { ProductWay } from './productWay';

/**
 * Pipes takes the event's name from the event itself (https://meiro.io/product/architecture). That it takes arrays of
 * 200 is seen in Meiro's demo code, not documented.
 */
export const pipes: ProductWay = {
	label: 'Meiro Pipes',
	batchSize: 200,
	urlOf: (baseUrl, path) => `${baseUrl}/collect/${path}`,
	bodyOf: ({ event_name, event_time, identifiers, payload }) => ({
		event_type: event_name,
		event_time,
		...(identifiers === null ? {} : { identifiers }),
		event_payload: payload,
	}),
};

/**
 * For a source whose transform makes everything of the event itself. The event's own time stands in it, not the one by which Pipes
 * tells events apart; meiro/pipes/transform.js makes that.
 */
export const rawPipes: ProductWay = { ...pipes, bodyOf: ({ payload }) => payload };
