import type { Fact } from './facts';
import { remembered } from '../../shared/event/values';

/** The key without case, spaces and signs: 'Item Price', 'ItemPrice' and 'item_price' are one. */
export const plainKey = remembered((key) => key.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ''));

/** Keys as `plainKey` gives them; the spellings that Klaviyo, shops and earlier receivers use. */
export const FACTS = table<Fact>({
	event_name: ['eventname'],
	step: ['step'],
	delay: ['delay'],
	day: ['day', 'today'],
	trigger_type: ['triggertype', 'flowtriggertype'],
	metric: ['metric', 'metricname'],
	flow: ['flow', 'flowname'],
	flow_id: ['flowid'],
	trigger_event_id: ['eventid', 'triggereventid', 'uniqueid'],
	trigger_event_time: [
		'eventtime',
		'eventtimestamp',
		'eventdatetime',
		'timestamp',
		'datetime',
		'time',
	],
	value: ['value', 'eventvalue'],
	currency: ['currency', 'valuecurrency', 'currencycode'],
	list: ['list'],
	list_id: ['listid'],
	list_name: ['listname'],
	segment: ['segment'],
	segment_id: ['segmentid'],
	segment_name: ['segmentname'],
	is_test: ['istest'],
});

/** Inside the event's properties only Klaviyo's reserved keys are facts; the rest belongs to the shop. */
export const RESERVED = new Map<string, Fact>([
	['$value', 'value'],
	['value', 'value'],
	['$value_currency', 'currency'],
	['value_currency', 'currency'],
	['$currency_code', 'currency'],
	['$event_id', 'trigger_event_id'],
]);

/** What says who the person is. Of two spellings in one place the one that stands first here counts. */
const IDENTITY = {
	klaviyo_id: ['klaviyoid', 'klaviyoprofileid', 'profileid', 'personid'],
	external_id: ['externalid', 'customerid', 'shopifycustomerid', 'userid'],
	email: ['email', 'emailaddress', 'mail', 'customeremail', 'useremail'],
	phone_number: [
		'phonenumber',
		'phone',
		'mobile',
		'mobilephone',
		'mobilenumber',
		'customerphone',
		'userphone',
	],
	first_name: ['firstname'],
	last_name: ['lastname'],
	consent: ['consent'],
};
export type PersonField = keyof typeof NESTED;
export const TOP_LEVEL_PROFILE: ReadonlyMap<string, PersonField> = table(IDENTITY);
const NESTED = {
	...IDENTITY,
	organization: ['organization'],
	title: ['title'],
	locale: ['locale'],
	image: ['image'],
	timezone: ['timezone'],
	address1: ['address1'],
	address2: ['address2'],
	city: ['city'],
	region: ['region'],
	country: ['country'],
	zip: ['zip', 'zipcode'],
	source: ['source'],
};
/** Inside a profile object these mean the person; beside it 'title' or 'organization' may mean the message or the shop. */
export const NESTED_PROFILE: ReadonlyMap<string, PersonField> = table(NESTED);
/** How far in front a spelling stands. */
export const SPELLING_RANK: ReadonlyMap<string, number> = new Map(
	[...NESTED_PROFILE.keys()].map((key, index) => [key, index]),
);

/** Klaviyo's own names for the person of an event. */
export const KLAVIYO_PERSONS = ['profile', 'person'];
/** Others' names for one, likelier ones first. All else, such as a merchant or an agent, may be anybody. */
const PERSONS = ['customer', 'subscriber', 'contact', 'member', 'user', 'recipient'];
export const PROFILE_CONTAINERS = [...KLAVIYO_PERSONS, ...PERSONS];
/** In an event's properties a contact, user or recipient is more often somebody else. */
export const PERSONS_IN_EVENTS = [...KLAVIYO_PERSONS, 'customer'];
export const PROPERTY_CONTAINERS = new Set(['properties', 'event', 'eventproperties', 'payload']);
/** Envelopes that mean nothing by themselves: JSON:API's, and what earlier receivers ask for. */
export const ENVELOPES = new Set(['data', 'attributes', 'body', 'callbackdata']);

/** Lists of texts, at every shop that has them. */
const TEXT_LISTS = new Set([
	'itemnames',
	'categories',
	'itemcategories',
	'productcategories',
	'addeditemcategories',
	'collections',
	'brands',
]);

/** Objects of shops, and lists that some shops fill with texts and others with objects. */
const OBJECTS = new Set([
	'items',
	'lineitems',
	'discountcodes',
	'couponcodes',
	'coupons',
	'billingaddress',
	'shippingaddress',
	'extra',
]);

/** Fields that hold numbers whatever the body's quotes say. */
const NUMERIC = new Set([
	'value',
	'price',
	'itemprice',
	'compareatprice',
	'rowtotal',
	'linetotal',
	'lineprice',
	'subtotal',
	'taxtotal',
	'shippingtotal',
	'grandtotal',
	'totaldiscounts',
	'discountvalue',
	'orderedproductvalue',
	'quantity',
	'itemcount',
	'addeditemprice',
	'addeditemquantity',
	'rating',
	'score',
	'npsscore',
]);

/** The suffixes of our own bodies: of a text, and of a list of texts, each with a comma behind it. */
const BASE64_SUFFIX = /(?<=.)_base64(?:_list)?$/;

/** What is known of a value by its key alone. */
export interface KeyTraits {
	/** The key without the suffix that says so, when its text is base64. */
	encodedName: string | null;
	isEncodedList: boolean;
	isNumeric: boolean;
	/** Text is taken for an object or a list when it is written as one. */
	mayHoldBlob: boolean;
	/** The same for text that came through base64: it is what Klaviyo holds, so only few keys are no text. */
	isBlob: boolean;
	/** A list of texts, at every shop that has it. */
	isTextList: boolean;
	/** An object, or a list that may hold objects. */
	holdsObjects: boolean;
}

export const traitsOf = remembered((key): KeyTraits => {
	const plain = plainKey(key);
	return {
		encodedName: BASE64_SUFFIX.test(key) ? key.replace(BASE64_SUFFIX, '') : null,
		isEncodedList: key.endsWith('_base64_list'),
		isNumeric: NUMERIC.has(plain),
		// Entries of a list have no key: they are texts unless the list says otherwise.
		mayHoldBlob: plain !== '' && !FACTS.has(plain) && !NESTED_PROFILE.has(plain) && plain !== 'id',
		isBlob:
			PROPERTY_CONTAINERS.has(plain) ||
			PROFILE_CONTAINERS.includes(plain) ||
			ENVELOPES.has(plain) ||
			OBJECTS.has(plain) ||
			TEXT_LISTS.has(plain),
		isTextList: TEXT_LISTS.has(plain),
		holdsObjects: OBJECTS.has(plain),
	};
});

function table<Name extends string>(spellings: Record<Name, string[]>): Map<string, Name> {
	return new Map(
		(Object.entries(spellings) as Array<[Name, string[]]>).flatMap(([name, keys]) =>
			keys.map((key): [string, Name] => [key, name]),
		),
	);
}
