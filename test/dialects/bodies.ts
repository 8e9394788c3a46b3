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
	/** Whether it carries the sender's id of the event. */
	hasSendersId: boolean;
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
	hasSendersId: recipe.startsFrom === 'metric',
}));

/** Of a person who knows Klaviyo's tags, and nothing of what they may print. */
const own = (name: string, fields: Record<string, string>, more: Partial<Body> = {}): Body => ({
	...{ name, startsFrom: 'metric', metric: 'Placed Order', delayMs: 0, isSteps: false },
	...{ contentType: '', hasSendersId: 'event_id' in fields || 'payload' in fields },
	text: JSON.stringify({ event_name: 'order_seen', ...fields }, null, 2),
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
	own('ownPlain', { ...PERSON, ...VALUE, event_id: "{{ event|lookup:'$event_id' }}" }),
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
