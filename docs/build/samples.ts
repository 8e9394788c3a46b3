// A sample of every event, made by the code that makes real ones: the body of a recipe, rendered by the stand-in's engine,
// read as a delivery, built as Meiro Events sends it.
import type { IDataObject } from 'n8n-workflow';

import { eventsOf } from '../../nodes/Klaviyo/trigger/events';
import { parseBody } from '../../nodes/Klaviyo/trigger/body/readBody';
import {
	bodyOf,
	RECIPES,
	recipeNamed,
	type BodyChoices,
	type Recipe,
	type RecipeName,
} from '../../nodes/Klaviyo/trigger/recipes';
import {
	buildEvent,
	type BuildSettings,
	type OutgoingEvent,
} from '../../nodes/MeiroEvents/build/buildEvent';
import { DEFAULT_IDENTIFIER_TYPES } from '../../nodes/MeiroEvents/build/identify';
import { PROFILE_EVENT } from '../../nodes/MeiroEvents/build/take';
import { jsonOfItem } from '../../nodes/shared/event/contract';
import { inventProfile } from '../../sandbox/klaviyo/profiles';
import { createCompiler } from '../../sandbox/klaviyo/render';
import { eventNames } from './dictionary';
import { templateEvents } from './templateEvents';

const NOW = '2031-02-03T08:05:07.000Z';
/** 4 hours and a second before. */
const HAPPENED = Date.parse('2031-02-03T04:05:06Z') / 1000;

const PERSON = {
	...inventProfile(1),
	email: 'ana@shop.example',
	phone_number: '+420600000001',
	first_name: 'Ana',
	last_name: 'Novak',
};

/** What shops send with their metrics. */
const PROPERTIES: IDataObject = {
	$event_id: String(HAPPENED),
	OrderId: '1001',
	ItemNames: ['Desk Lamp', 'Wool Rug'],
	Categories: ['Light', 'Home'],
	Brands: ['Lampa'],
	DiscountCode: 'SPRING',
	CheckoutURL: 'https://shop.example/c/1001',
	ProductName: 'Desk Lamp',
	Rating: 5,
	Content: 'Very bright',
	List: 'Newsletter',
};

/** How an event comes that is no recipe's own. */
const ORIGINS: Record<string, { recipe: RecipeName; choices?: BodyChoices }> = {
	birthday_points_granted: { recipe: 'birthday' },
	cart_recovered: { recipe: 'postPurchase' },
	cancelled_order: { recipe: 'postPurchase', choices: { metric: 'Canceled Order' } },
	date_reached: { recipe: 'birthday' },
	erasure_requested: { recipe: 'birthday' },
	profile_updated: { recipe: 'listSignUp' },
	ready_to_review: { recipe: 'anyMetric', choices: { metric: 'Ready to review' } },
	refunded_order: { recipe: 'postPurchase', choices: { metric: 'Refunded Order' } },
	segment_followed_up: { recipe: 'segmentJoined' },
	unsubscribed_from_list: { recipe: 'listSignUp' },
};

/** What a template fills in, by its path. */
const FILLED_IN: Record<string, unknown> = {
	'profile.properties.nps_group': 'promoter',
	'profile.properties.nps_score': 9,
	'properties.abandoned_at': '2031-02-02T04:05:06.000Z',
	'properties.archived': false,
	'properties.booking': 'birthday 2031',
	'properties.cart_currency': 'EUR',
	'properties.cart_id': 'cart-1001',
	'properties.cart_value': 41.5,
	'properties.channel': 'email',
	'properties.consent_change': 'withdrawn',
	'properties.created_at': '2031-01-01T04:05:06.000Z',
	'properties.excluded_audiences': [],
	'properties.followed_up_by': 'placed_order',
	'properties.in_klaviyo': true,
	'properties.included_audiences': ['NEWSL1'],
	'properties.joined_at': '2031-02-02T04:05:06.000Z',
	'properties.name': 'Spring Sale',
	'properties.net_value': 41.5,
	'properties.offer_tier': 'gold',
	'properties.order_id': '1001',
	'properties.outcome': 'offered',
	'properties.points': 50,
	'properties.scheduled_at': '2031-02-01T04:05:06.000Z',
	'properties.send_method': 'static',
	'properties.send_time': '2031-02-03T04:05:06.000Z',
	'properties.status': 'Sent',
	'properties.year': 2031,
};

const SETTINGS: BuildSettings = {
	source: 'klaviyo',
	what: 'event',
	subject: { kind: 'person' },
	mapped: null,
	account: '',
	now: NOW,
	timezone: 'UTC',
	testEvents: 'deliver',
	redact: [],
	identity: { identifierTypes: DEFAULT_IDENTIFIER_TYPES, own: [], hash: false },
	shape: { layout: 'whole', defaultCurrency: '' },
	identityHint: '',
};

/** Every name that we or the templates give, in alphabetical order. */
export function allEventNames(): string[] {
	const names = [...eventNames(), ...templateEvents()].map(({ name }) => name);
	return [...new Set(names)].sort((one, other) => one.localeCompare(other));
}

/** An event of that name, as it goes out, with all that a template fills in. */
export function sampleOf(name: string): OutgoingEvent {
	const adds = templateEvents()
		.filter((event) => event.name === name)
		.flatMap((event) => event.adds);
	if (name === 'campaign_changed') return campaign(adds);
	const item = withAdded({ ...delivered(name), event_name: name }, adds);
	return built(item, name === PROFILE_EVENT ? { what: 'profile' } : {});
}

function delivered(name: string): IDataObject {
	const own = RECIPES.find(({ eventName }) => eventName === name);
	const origin = ORIGINS[name];
	const recipe: Recipe = own ?? recipeNamed(origin?.recipe ?? 'anyMetric')!;
	const spoken = name.replaceAll('_', ' ').replace(/\b[a-z]/g, (letter) => letter.toUpperCase());
	const body = createCompiler()(
		bodyOf(recipe, { eventName: name, ...(own ? {} : { metric: spoken, ...origin?.choices }) }),
	).render({
		person: PERSON as never,
		event: {
			metric: recipe.metric ?? spoken,
			time: new Date(HAPPENED * 1000).toISOString(),
			unique_id: String(HAPPENED),
			...(recipe.eventProperties === undefined ? {} : { value: 41.5, value_currency: 'EUR' }),
			properties: PROPERTIES as never,
		},
		organization: { name: 'Lamp Shop', url: 'https://shop.example' },
		now: new Date(NOW),
	});
	const [event] = eventsOf(
		parseBody(body, 'application/json'),
		{ 'x-klaviyo-flow-id': 'AbC123' },
		NOW,
		{ account: null, fallbackEventName: '', includeRaw: false },
	);
	return jsonOfItem(event!);
}

function withAdded(item: IDataObject, paths: string[]): IDataObject {
	const event = structuredClone(item);
	for (const path of paths) {
		const steps = path.split('.');
		const last = steps.pop()!;
		let place = event;
		for (const step of steps) place = (place[step] ??= {}) as IDataObject;
		place[last] = (FILLED_IN[path] ?? 'text') as IDataObject;
	}
	if (event.event_name === 'unsubscribed_from_sms_marketing' && event.properties)
		(event.properties as IDataObject).channel = 'sms';
	// A cancellation or refund takes from the revenue.
	const { net_value } = (event.properties ?? {}) as IDataObject;
	if (/^(cancelled|refunded)_order$/.test(String(event.event_name)) && net_value !== undefined)
		(event.properties as IDataObject).net_value = -Number(net_value);
	return event;
}

function campaign(adds: string[]): OutgoingEvent {
	const { properties } = withAdded({ properties: {} }, adds);
	const none = { email: '', phoneNumber: '', externalId: '', klaviyoId: '' };
	return built(
		{},
		{
			subject: { kind: 'thing', type: 'campaign', id: '01JZCAMPA1GN00000000000001' },
			mapped: {
				...none,
				eventName: 'campaign_changed',
				eventId: '01JZCAMPA1GN00000000000001 2031-02-03T04:05:06.000Z',
				eventTime: '2031-02-03T04:05:06.000Z',
				properties: properties as IDataObject,
			},
		},
	);
}

function built(item: IDataObject, settings: Partial<BuildSettings>): OutgoingEvent {
	const draft = buildEvent(item, { ...SETTINGS, ...settings });
	if (draft.status !== 'ready') throw new Error(`The sample can't be built: ${draft.reason}`);
	return draft.event;
}
