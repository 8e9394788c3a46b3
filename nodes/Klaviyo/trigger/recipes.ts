import { traitsOf } from '../normalise/keys';

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
	| 'startedCheckout'
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
	/**
	 * Whose next event takes a person out of the flow: another one of the metric that starts it, or one of a metric of
	 * its own that the panel asks for, as a cart has its orders elsewhere.
	 */
	leavesOn?: 'sameMetric' | 'orderMetric';
	/** Properties of the triggering event that go along, as Klaviyo names them. */
	eventProperties?: readonly string[];
}

/**
 * What was bought and where the cart waits, in the spellings of Klaviyo's guide for shops and of Shopify:
 * https://developers.klaviyo.com/en/docs/guide_to_integrating_a_platform_without_a_pre_built_klaviyo_integration,
 * https://help.klaviyo.com/hc/en-us/articles/115005080447. Lists of objects (Items) can't stand in a body: see carriers.
 */
const CART = ['ItemNames', 'Categories', 'CheckoutURL', '$extra.checkout_url'] as const;
const ORDER = ['OrderId', 'ItemNames', 'Categories', 'Brands', 'DiscountCode'] as const;

export const RECIPES: readonly Recipe[] = [
	{
		name: 'abandonedCart',
		displayName: 'Abandoned Cart',
		description: 'Started Checkout, then no order for some hours',
		startsFrom: 'metric',
		eventName: 'cart_abandoned',
		metric: 'Started Checkout',
		delay: { value: 4, unit: 'hours' },
		leavesOn: 'orderMetric',
		eventProperties: CART,
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
		eventProperties: ORDER,
	},
	{
		name: 'reviewSubmitted',
		displayName: 'Review Submitted',
		description: 'Someone reviewed a product',
		startsFrom: 'metric',
		eventName: 'review_submitted',
		metric: 'Submitted review',
		eventProperties: ['ProductName', 'Rating', 'Content'],
	},
	{
		name: 'segmentJoined',
		displayName: 'Segment Joined',
		description: 'Someone became part of a segment, e.g. VIP or at risk',
		startsFrom: 'segment',
		eventName: 'joined_segment',
	},
	{
		name: 'startedCheckout',
		displayName: 'Started Checkout (Right Away)',
		description: 'Someone started a checkout, as soon as Klaviyo knows of it',
		startsFrom: 'metric',
		eventName: 'started_checkout',
		metric: 'Started Checkout',
		eventProperties: CART,
	},
	{
		name: 'winBack',
		displayName: 'Win-Back',
		description: 'Placed Order, then no further order for a long time',
		startsFrom: 'metric',
		eventName: 'winback_due',
		metric: 'Placed Order',
		delay: { value: 60, unit: 'days' },
		leavesOn: 'sameMetric',
		eventProperties: ORDER,
	},
];

/** Undefined for a name that no recipe has, e.g. one that an expression made. */
export function recipeNamed(name: string): Recipe | undefined {
	return RECIPES.find((recipe) => recipe.name === name);
}

/** What the user chose instead of a recipe's own values. */
export interface BodyChoices {
	eventName?: string;
	metric?: string;
	/** Null for none. */
	delay?: Delay | null;
	list?: { id?: string; name?: string };
	segment?: { id?: string; name?: string };
	eventProperties?: readonly string[];
}

/**
 * The webhook action's body: valid JSON before Klaviyo renders it and after, whatever the values hold. All that is the
 * person's stands under `profile`, so that the rest tells two events apart and not two addresses of one person.
 * Tags: https://help.klaviyo.com/hc/en-us/articles/4408802648731
 */
export function bodyOf(recipe: Recipe, choices: BodyChoices = {}): string {
	const metric = choices.metric ?? recipe.metric;
	const delay = choices.delay === undefined ? recipe.delay : choices.delay;
	const eventName = choices.eventName ?? recipe.eventName;
	const properties = choices.eventProperties ?? recipe.eventProperties ?? [];
	return JSON.stringify(
		{
			...(eventName === null ? {} : { event_name: eventName }),
			step: '1',
			...(delay ? { delay: `${delay.value} ${delay.unit}` } : {}),
			trigger_type: recipe.startsFrom,
			...(recipe.startsFrom === 'metric' ? { metric } : {}),
			...(recipe.startsFrom === 'list' ? { list: choices.list ?? { name: 'Newsletter' } } : {}),
			...(recipe.startsFrom === 'segment' ? { segment: choices.segment ?? { name: 'VIP' } } : {}),
			day: DAY,
			profile: PERSON,
			...(recipe.startsFrom === 'metric' ? { event: eventTags(properties) } : {}),
		},
		null,
		2,
	);
}

/** The day on which the step runs: dates flows that know no event, and tells this year's birthday from the next. */
const DAY = "{% today '%Y-%m-%d' as today %}{{ today }}";

/** Klaviyo's own id is letters and digits; all else is somebody's text. */
const PERSON = {
	klaviyo_id: "{{ person.KlaviyoID|default:'' }}",
	...textCarrier('external_id', 'person.id'),
	...textCarrier('email', 'person.email'),
	...textCarrier('phone_number', 'person.phone_number'),
	...textCarrier('first_name', 'person.first_name'),
	...textCarrier('last_name', 'person.last_name'),
};

/** Amounts are numbers; what a currency or an id is called, a sender chose. Shopify's currency has a name of its own. */
function eventTags(properties: readonly string[]): object {
	const tags = {
		...textCarrier('$event_id', tagOf('$event_id')),
		...numberCarrier('$value', tagOf('$value')),
		...textCarrier('$value_currency', tagOf('$value_currency')),
		...textCarrier('$currency_code', tagOf('$currency_code')),
	};
	for (const name of properties) if (problemWithProperty(name) === null) addCarrier(tags, name);
	return tags;
}

/*
 * How a value travels. A filter that fails loses the event for good, as Klaviyo does not send it then, and a value that
 * is printed as it is can pass for a part of the body. So:
 * - text goes through base64_encode, which Klaviyo types str → str, under a key that says so
 *   (https://developers.klaviyo.com/en/docs/glossary_of_variable_filters); `default` before it, as what it does with None
 *   is not documented;
 * - numbers go through floatformat, which gives a number or nothing, as what base64_encode does with them is not
 *   documented either; `default` takes 0 for nothing, so a score of 0 is written apart;
 * - lists of texts go entry by entry through a loop;
 * - lists of objects don't go at all: encoded whole they may fail, printed they can pass for a part of the body. The
 *   Klaviyo node's Event, Complete brings them.
 */

function textCarrier(name: string, tag: string): Record<string, string> {
	return { [`${name}_base64`]: `{{ ${tag}|default:''|base64_encode }}` };
}

function numberCarrier(name: string, tag: string): Record<string, string> {
	return {
		[name]: `{% if ${tag} == 0 %}0{% else %}{{ ${tag}|default:''|floatformat:-4 }}{% endif %}`,
	};
}

function listCarrier(name: string, tag: string): Record<string, string> {
	const loop = (list: string, entry: string) =>
		`{% for each in ${list} %}{{ ${entry}|default:''|base64_encode }},{% endfor %}`;
	// Shopify's orders name their lines nowhere else.
	const ofShopify = name === 'ItemNames' ? loop(tagOf('$extra.line_items'), 'each.title') : '';
	return { [`${name}_base64_list`]: `${loop(tag, 'each')}${ofShopify}` };
}

/** Adds a property where the API has it: '$extra.checkout_url' inside '$extra'. */
function addCarrier(tags: Record<string, unknown>, name: string): void {
	const steps = stepsOf(name);
	const last = steps.pop()!;
	let place = tags;
	for (const step of steps) place = (place[step] ??= {}) as Record<string, unknown>;
	const { isNumeric, isTextList } = traitsOf(last);
	const carrier = isTextList ? listCarrier : isNumeric ? numberCarrier : textCarrier;
	Object.assign(place, carrier(last, tagOf(name)));
}

/** Klaviyo writes `$extra` without its sign in some places, and so do people. */
function stepsOf(name: string): string[] {
	const [first = '', ...rest] = name.split('.');
	return rest.length > 0 && first === 'extra' ? ['$extra', ...rest] : [first, ...rest];
}

function tagOf(name: string): string {
	return ['event', ...stepsOf(name).map((step) => `lookup:'${step}'`)].join('|');
}

/** Names that would end the tag or the JSON text they stand in. */
const UNSAFE_PROPERTY_NAME = /['"\\{}%|]|\p{Cc}/u;

/** Why a property of the triggering event can't stand in a body; null when it can. */
export function problemWithProperty(name: string): string | null {
	if (UNSAFE_PROPERTY_NAME.test(name)) {
		return "can't stand in a Klaviyo tag. Names with quotes, braces or backslashes don't work.";
	}
	const steps = stepsOf(name);
	if (steps.some((step) => step.trim() === '' || step === '__proto__')) {
		return 'is not the name of a property. Write names as they are in Klaviyo, e.g. OrderId or $extra.checkout_url.';
	}
	return traitsOf(steps.at(-1)!).holdsObjects
		? "holds objects, which a flow's body can't carry safely. Leave it out, and fetch it with the Klaviyo node: Event, Complete."
		: null;
}
