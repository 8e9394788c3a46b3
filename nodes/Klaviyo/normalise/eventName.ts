import type { TriggerType } from '../../shared/event/contract';
import { remembered } from '../../shared/event/values';

/** Names for flows whose body says neither an event name nor a metric. */
export const NAME_BY_TRIGGER: Record<TriggerType, string> = {
	metric: 'flow_event',
	list: 'subscribed_to_list',
	segment: 'joined_segment',
	date: 'date_reached',
	price_drop: 'price_dropped',
	low_inventory: 'low_inventory',
	unknown: 'flow_event',
};

/**
 * A name in snake_case: 'Placed Order' gives placed_order. Klaviyo's guide writes 'Canceled Order', the
 * Shopify and WooCommerce integrations 'Cancelled Order': both give cancelled_order.
 */
export const toSnakeCase = remembered((name) =>
	name
		.normalize('NFKD')
		.replace(/\p{M}/gu, '')
		.replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, '$1_$2')
		.toLowerCase()
		.replace(/[^\p{L}\p{N}]+/gu, '_')
		.replace(/^_+|_+$/g, '')
		.replace(/(^|_)canceled(_|$)/g, '$1cancelled$2'),
);

/** The event's name: the first of the candidates that says something, else the flow kind's own name. */
export function eventNameOf(candidates: unknown[], triggerType: TriggerType): string {
	for (const candidate of candidates) {
		const name = typeof candidate === 'string' ? toSnakeCase(candidate) : '';
		if (name !== '') return name;
	}
	return NAME_BY_TRIGGER[triggerType];
}
