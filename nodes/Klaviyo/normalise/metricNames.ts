import { toSnakeCase } from './eventName';

/**
 * Metrics of shops as Klaviyo writes them: those of our recipes, and of Klaviyo's guide
 * https://developers.klaviyo.com/en/docs/guide_to_integrating_a_platform_without_a_pre_built_klaviyo_integration
 */
const SHOP_METRICS = [
	'Active on Site',
	'Added to Cart',
	'Canceled Order',
	'Checkout Started',
	'Fulfilled Order',
	'Ordered Product',
	'Placed Order',
	'Refunded Order',
	'Started Checkout',
	'Submitted review',
	'Viewed Product',
];

const BY_EVENT_NAME = new Map(SHOP_METRICS.map((name) => [toSnakeCase(name), name]));

/** As Klaviyo writes its metrics: 'Subscribed to List', 'Received SMS'. */
const LOWER_WORDS = new Set(['and', 'as', 'from', 'in', 'of', 'on', 'to']);
const UPPER_WORDS = new Set(['dm', 'sms', 'ugc']);

/** The metric that an event's name speaks of by itself, e.g. 'Placed Order' of placed_order. */
export function metricOfEventName(eventName: string): string | undefined {
	return BY_EVENT_NAME.get(eventName);
}

/** The metric's name as Klaviyo writes it, of a topic's slug: 'Viewed Product' of viewed_product. */
export function metricOfSlug(slug: string): string {
	const known = BY_EVENT_NAME.get(toSnakeCase(slug));
	// The slug tells which of two spellings the account's metric has.
	if (known !== undefined && known.toLowerCase().replaceAll(' ', '_') === slug) return known;
	return slug
		.split(/[_\s]+/)
		.map((word, index) => {
			if (UPPER_WORDS.has(word)) return word.toUpperCase();
			if (index > 0 && LOWER_WORDS.has(word)) return word;
			return word.charAt(0).toUpperCase() + word.slice(1);
		})
		.join(' ');
}
