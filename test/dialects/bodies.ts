// What flows send: every recipe, and bodies as people write them.
import { bodyOf, RECIPES, type Delay, type FlowStart } from '../../nodes/Klaviyo/trigger/recipes';

export interface Body {
	name: string;
	startsFrom: FlowStart;
	text: string;
	/** Of the metric that starts the flow; '' for flows that know no event. */
	metric: string;
	/** Milliseconds between the event and the webhook step. */
	delayMs: number;
	/** The event is told as the step's, which is due after the delay. */
	isSteps: boolean;
	/** The user's own Content-Type; '' for none. */
	contentType: string;
	/** As Meiro knows it. */
	eventName: string;
	/** Whether it carries `$event_id`: the sender's id of the event, or what Klaviyo takes for it. */
	carriesId: boolean;
}

type Id = 'klaviyo_id' | 'external_id' | 'email' | 'phone_number';

const ID_TAGS: Record<Id, RegExp> = {
	klaviyo_id: /person\.KlaviyoID\b/,
	external_id: /person\.id\b/,
	email: /person\.email\b/,
	phone_number: /person\.phone_number\b/,
};

/** The ids of the person that a body prints. */
export function idsIn({ text }: Body): Id[] {
	return (Object.keys(ID_TAGS) as Id[]).filter((id) => ID_TAGS[id].test(text));
}

/** Whether it says the day on which it was rendered. */
export function saysDay({ text }: Body): boolean {
	return text.includes("{% today '%Y-%m-%d' ");
}

/** Whether the event is the metric's own, and not one that a step of a flow makes of it. */
export function isMetricsOwn({ metric, eventName }: Body): boolean {
	return metric.toLowerCase().replaceAll(' ', '_') === eventName;
}

export function bodyNamed(name: string): Body | undefined {
	return BODIES.find((body) => body.name === name);
}

const UNIT_MS: Record<Delay['unit'], number> = {
	days: 86_400_000,
	hours: 3_600_000,
	minutes: 60_000,
};

const recommended: Body[] = RECIPES.map((recipe) => ({
	name: recipe.name,
	startsFrom: recipe.startsFrom,
	text: bodyOf(recipe),
	metric: recipe.metric ?? '',
	delayMs: recipe.delay ? recipe.delay.value * UNIT_MS[recipe.delay.unit] : 0,
	isSteps: recipe.delay !== undefined,
	contentType: '',
	eventName: recipe.eventName ?? 'viewed_product',
	carriesId: recipe.startsFrom === 'metric',
}));

/** Of a person who knows Klaviyo's tags, and nothing of what they may print. */
const own = (
	name: string,
	fields: Record<string, string>,
	{ eventName = 'order_seen', ...more }: Partial<Body> = {},
): Body => ({
	...{ name, startsFrom: 'metric', metric: 'Placed Order', delayMs: 0, isSteps: false },
	...{ contentType: '', eventName, carriesId: 'event_id' in fields || 'payload' in fields },
	text: JSON.stringify({ event_name: eventName, ...fields }, null, 2),
	...more,
});

const PERSON = {
	klaviyo_id: '{{ person.KlaviyoID }}',
	email: '{{ person.email }}',
	phone: '{{ person.phone_number }}',
};
const VALUE = { value: "{{ event|lookup:'$value' }}" };

export const BODIES: readonly Body[] = [
	...recommended,
	own(
		'ownPlain',
		{ ...PERSON, ...VALUE, event_id: "{{ event|lookup:'$event_id' }}" },
		{ eventName: 'placed_order' },
	),
	own('ownWithoutId', {
		...PERSON,
		...VALUE,
		sent_at: "{% today '%Y-%m-%d %H:%M:%S' as now %}{{ now }}",
	}),
	own('ownBase64', {
		...PERSON,
		value_base64: "{{ event|lookup:'$value'|base64_encode }}",
		items_base64: "{{ event|lookup:'ItemNames'|base64_encode }}",
		note_base64: '{{ event.note|base64_encode }}',
		event_id: "{{ event|lookup:'$event_id' }}",
	}),
	own('ownTimestamp', { ...PERSON, ...VALUE, timestamp: '{{ event.timestamp }}' }),
	own('ownExtra', {
		...PERSON,
		...VALUE,
		order_id: '{{ event.extra.id }}',
		event_id: "{{ event|lookup:'$event_id' }}",
	}),
	own('ownWholeEvent', { ...PERSON, payload: '{{ event }}' }, { contentType: 'text/plain' }),
];
