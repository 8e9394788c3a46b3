/**
 * The Klaviyo flows that people build for Meiro, one recipe each: what starts the flow, what it is called in
 * Meiro, and the body that its webhook action sends. The panel shows these bodies for copying, and the
 * automatic set-up sends the same to Klaviyo.
 */

export type FlowStart = 'metric' | 'list' | 'segment' | 'date';

export type RecipeName =
	| 'abandonedCart'
	| 'anyMetric'
	| 'birthday'
	| 'listSignUp'
	| 'postPurchase'
	| 'reviewSubmitted'
	| 'segmentJoined'
	| 'winBack';

export type DelayUnit = 'days' | 'hours' | 'minutes';

export interface Delay {
	value: number;
	unit: DelayUnit;
}

export interface Recipe {
	name: RecipeName;
	displayName: string;
	description: string;
	startsFrom: FlowStart;
	/** As the event is called in Meiro; null takes the metric's own name. */
	eventName: string | null;
	/** The metric's name at most shops. */
	metric?: string;
	/** Between the flow's start and the webhook action. */
	delay?: Delay;
	/** Whether people who order meanwhile leave the flow. */
	onlyWithoutOrderSince?: boolean;
	/** Properties of the triggering event that go along. */
	eventProperties?: string[];
}

export const RECIPES: readonly Recipe[] = [
	{
		name: 'abandonedCart',
		displayName: 'Abandoned Cart',
		description: 'Started Checkout, then no order for some hours',
		startsFrom: 'metric',
		eventName: 'cart_abandoned',
		metric: 'Started Checkout',
		delay: { value: 4, unit: 'hours' },
		onlyWithoutOrderSince: true,
		eventProperties: ['CheckoutURL'],
	},
	{
		name: 'anyMetric',
		displayName: 'Any Metric',
		description: 'Whatever happens in your shop, as soon as Klaviyo knows of it',
		startsFrom: 'metric',
		eventName: null,
		metric: 'Viewed Product',
	},
	{
		name: 'birthday',
		displayName: 'Birthday',
		description: 'Once a year, on a date that stands in the profile',
		startsFrom: 'date',
		eventName: 'birthday',
	},
	{
		name: 'listSignUp',
		displayName: 'List Sign-Up',
		description: 'Someone subscribed to a list',
		startsFrom: 'list',
		eventName: 'subscribed_to_list',
	},
	{
		name: 'postPurchase',
		displayName: 'Post-Purchase',
		description: 'Placed Order, right away',
		startsFrom: 'metric',
		eventName: 'placed_order',
		metric: 'Placed Order',
		eventProperties: ['OrderId', 'DiscountCode'],
	},
	{
		name: 'reviewSubmitted',
		displayName: 'Review Submitted',
		description: 'Someone reviewed a product',
		startsFrom: 'metric',
		eventName: 'review_submitted',
		metric: 'Submitted review',
	},
	{
		name: 'segmentJoined',
		displayName: 'Segment Joined',
		description: 'Someone became part of a segment, e.g. VIP or at risk',
		startsFrom: 'segment',
		eventName: 'joined_segment',
	},
	{
		name: 'winBack',
		displayName: 'Win-Back',
		description: 'Placed Order, then no further order for a long time',
		startsFrom: 'metric',
		eventName: 'winback_due',
		metric: 'Placed Order',
		delay: { value: 60, unit: 'days' },
		onlyWithoutOrderSince: true,
		eventProperties: ['OrderId'],
	},
];

export function recipeNamed(name: string): Recipe {
	return RECIPES.find((recipe) => recipe.name === name) ?? RECIPES[0]!;
}

/** What the user chose instead of a recipe's own values. */
export interface BodyChoices {
	eventName?: string;
	metric?: string;
	delay?: Delay;
	list?: { id?: string; name?: string };
	segment?: { id?: string; name?: string };
	eventProperties?: string[];
}

/**
 * The webhook action's body. It is valid JSON whatever the values hold, as text goes through Klaviyo's
 * base64_encode filter under a key that says so; the trigger decodes it.
 * Tags: https://help.klaviyo.com/hc/en-us/articles/4408802648731
 * Filter: https://developers.klaviyo.com/en/docs/glossary_of_variable_filters
 */
export function bodyOf(recipe: Recipe, choices: BodyChoices = {}): string {
	const metric = choices.metric ?? recipe.metric;
	const delay = choices.delay ?? recipe.delay;
	const eventName = choices.eventName ?? recipe.eventName;
	return JSON.stringify(
		{
			...(eventName === null ? {} : { event_name: eventName }),
			step: '1',
			...(delay === undefined ? {} : { delay: `${delay.value} ${delay.unit}` }),
			trigger_type: recipe.startsFrom,
			...(recipe.startsFrom === 'metric' ? { metric } : {}),
			...(recipe.startsFrom === 'list' ? { list: choices.list ?? { name: 'Newsletter' } } : {}),
			...(recipe.startsFrom === 'segment' ? { segment: choices.segment ?? { name: 'VIP' } } : {}),
			day: DAY,
			profile: PERSON,
			...(recipe.startsFrom === 'metric'
				? { event: eventTags(choices.eventProperties ?? recipe.eventProperties ?? []) }
				: {}),
		},
		null,
		2,
	);
}

/** The day on which the step runs: dates flows that know no event, and tells this year's birthday from the next. */
const DAY = "{% today '%Y-%m-%d' as today %}{{ today }}";

const PERSON = {
	klaviyo_id: '{{ person.KlaviyoID }}',
	external_id_base64: '{{ person.id|base64_encode }}',
	email_base64: '{{ person.email|base64_encode }}',
	phone_number_base64: '{{ person.phone_number|base64_encode }}',
	first_name_base64: '{{ person.first_name|base64_encode }}',
	last_name_base64: '{{ person.last_name|base64_encode }}',
};

/** Names that would end the tag or the JSON text they stand in. */
const UNSAFE_PROPERTY_NAME = /['"\\{}%|]|\p{Cc}/u;

function eventTags(properties: string[]): Record<string, string> {
	return {
		$event_id_base64: "{{ event|lookup:'$event_id'|base64_encode }}",
		$value: "{{ event|lookup:'$value' }}",
		$value_currency: "{{ event|lookup:'$value_currency' }}",
		...Object.fromEntries(
			properties
				.filter((name) => !UNSAFE_PROPERTY_NAME.test(name))
				.map((name) => [`${name}_base64`, `{{ event|lookup:'${name}'|base64_encode }}`]),
		),
	};
}

/** The first property name that can't stand in a template tag, or undefined. */
export function unsafePropertyName(properties: string[]): string | undefined {
	return properties.find((name) => UNSAFE_PROPERTY_NAME.test(name));
}
