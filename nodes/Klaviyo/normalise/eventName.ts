import type { TriggerType } from '../../shared/event/contract';
import { remembered, withoutNul } from '../../shared/event/values';

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

/** One name for the spellings of one metric, whether its name or its topic's slug is written so. */
const ALIASES = new Map([
	['subscribed_to_text_messaging_marketing', 'subscribed_to_sms_marketing'],
	['unsubscribed_from_text_messaging_marketing', 'unsubscribed_from_sms_marketing'],
]);

/** Full-width letters, ligatures and the like, which have a plain form. In other scripts such forms are letters of their own. */
const HAS_PLAIN_FORM = /[\p{Script=Latin}\p{No}\uff00-\uffef]+/gu;
/** Marks are part of the letter in most scripts: バ is not ハ, and Hindi writes its vowels so. */
const MARKS_ON_LATIN = /([\p{Script=Latin}\p{N}])\p{M}+/gu;

/** Where a name without blanks parts its words: placedOrder. In 'Received WhatsApp' it parts none, as in the topic's slug. */
const CAPITAL_IN_WORD = /([\p{Ll}\p{N}])(\p{Lu})/gu;

/**
 * A name in snake_case, NFC: 'Placed Order' gives placed_order. Klaviyo's guide writes 'Canceled Order', the
 * Shopify and WooCommerce integrations 'Cancelled Order': both give cancelled_order.
 */
export const toSnakeCase = remembered((name) => {
	const plain = withoutNul(name)
		.replace(HAS_PLAIN_FORM, (text) => text.normalize('NFKD'))
		.normalize('NFD')
		.replace(MARKS_ON_LATIN, '$1')
		.normalize('NFC')
		.replace(CAPITAL_IN_WORD, /\s/.test(name.trim()) ? '$&' : '$1_$2')
		.toLowerCase()
		// With a mark on a sign, such as the one that colours a heart.
		.replace(/[^\p{L}\p{N}\p{M}][^\p{L}\p{N}]*/gu, '_')
		.replace(/^[_\p{M}]+|_+$/gu, '')
		.replace(/(^|_)canceled(_|$)/g, '$1cancelled$2')
		.normalize('NFC');
	return ALIASES.get(plain) ?? plain;
});

/** The event's name: the first of the candidates that says something, else the flow kind's own name. */
export function eventNameOf(candidates: unknown[], triggerType: TriggerType): string {
	for (const candidate of candidates) {
		const name = typeof candidate === 'string' ? toSnakeCase(candidate) : '';
		if (name !== '') return name;
	}
	return NAME_BY_TRIGGER[triggerType];
}
