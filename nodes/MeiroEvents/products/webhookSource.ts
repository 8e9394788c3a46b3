import type { ProductWay } from './productWay';

/**
 * A webhook source takes the event's name from the query, and any JSON
 * (https://docs.meiro.io/books/meiro-knowledge-base/page/how-to-setup-webhooks-from-external-partners-with-endpoints-in-meiro).
 * Meiro documents one event a request.
 */
export const webhookSource: ProductWay = {
	label: 'Meiro Events',
	batchSize: 1,
	urlOf: (baseUrl, path, eventName) =>
		`${baseUrl}/${path}?event_name=${encodeURIComponent(eventName)}`,
	bodyOf: ({ payload }) => payload,
};
