// What a shop wants to know of its customers, as attributes of the CDP and as SQL for Pipes.
import { sqlPath } from './paths';

/** An attribute of the CDP, as https://docs.meiro.dev/docs/api/meiro-cdp-api/attributes shows them, with what is to be chosen by hand. */
export interface Attribute {
	/** <source>_<name>_<kind>: https://docs.meiro.io/books/implementation/page/best-practices-for-attributes-creation */
	id: string;
	name: string;
	description: string;
	data_type: 'datetime' | 'number' | 'string';
	/** Several values of one person. */
	is_multiple: boolean;
	/** What is made of the values, in words. */
	calculation: string;
	definition: {
		/** The one calculation of which Meiro's documentation shows the name. */
		type?: 'last';
		value: string;
		filter: string;
		sources: string[];
		types: string[];
		versions: string[];
	};
	/** The same for Pipes. */
	sql: string;
}

const NO_TEST = `coalesce(${sqlPath('is_test')}, 'false') = 'false'`;
const CURRENCY = sqlPath('trigger_event.currency');
const VALUE = `(${sqlPath('trigger_event.value')})::numeric`;
/** As post-purchase works it out; without it a cancellation or refund takes its amount off. */
const NET_VALUE = `coalesce((${sqlPath('properties.net_value')})::numeric, CASE WHEN ${sqlPath('event_name')} = 'placed_order' THEN ${VALUE} ELSE -abs(${VALUE}) END)`;
const ORDERS = ['placed_order', 'cancelled_order', 'refunded_order'];
const CONSENT = [
	'unsubscribed_from_email_marketing',
	'unsubscribed_from_sms_marketing',
	'profile_suppressed',
];

export const SOURCE = 'klaviyo';
/** The version of an event type that `event_version` 1 has in the CDP. */
export const TYPE_VERSION = '1-0-0';

/** @param currency ISO 4217 of the shop, for amounts: the CDP has one attribute per currency */
export function attributes(currency = 'EUR'): Attribute[] {
	const inCurrency = `${CURRENCY} = '${currency}' AND ${NO_TEST}`;
	const suffix = currency.toLowerCase();
	return [
		attribute('orders_count', 'Orders', 'Number of orders', {
			...{ kind: 'number', calculation: 'count', types: ['placed_order'] },
			value: sqlPath('event_id'),
			sql: `SELECT count(*) FROM ${once(['placed_order'])}`,
		}),
		attribute(
			`revenue_${suffix}_sum`,
			`Revenue (${currency})`,
			'Orders less cancellations and refunds, in one currency. The SQL gives one row per currency',
			{
				...{ kind: 'number', calculation: 'sum', types: ORDERS },
				value: NET_VALUE,
				filter: inCurrency,
				sql: `SELECT ${CURRENCY} AS currency, sum(${NET_VALUE}) AS revenue FROM ${once(ORDERS)} GROUP BY 1`,
			},
		),
		attribute('order_last', 'Last order', 'When the person ordered last', {
			...{ kind: 'datetime', calculation: 'last', types: ['placed_order'] },
			value: sqlPath('event_time'),
			sql: `SELECT max((${sqlPath('event_time')})::timestamptz) FROM ${once(['placed_order'])}`,
		}),
		attribute(
			`order_value_${suffix}_average`,
			`Average order (${currency})`,
			'What an order is worth on average, in one currency. The SQL gives one row per currency',
			{
				...{ kind: 'number', calculation: 'average', types: ['placed_order'] },
				value: VALUE,
				filter: inCurrency,
				sql: `SELECT ${CURRENCY} AS currency, avg(${VALUE}) AS average_order FROM ${once(['placed_order'])} GROUP BY 1`,
			},
		),
		attribute(
			'lists_all',
			'Lists',
			'Lists that the person signed up for. The SQL leaves out those that the person left since',
			{
				...{ kind: 'string', calculation: 'all different values', isMultiple: true },
				types: ['subscribed_to_list'],
				value: sqlPath('list.name'),
				sql: `SELECT list FROM (SELECT DISTINCT ON (1) ${sqlPath('list.name')} AS list, ${sqlPath('event_name')} AS name FROM ${once(['subscribed_to_list', 'unsubscribed_from_list'])} ORDER BY 1, ${sqlPath('event_time')} DESC, 2 DESC) latest WHERE name = 'subscribed_to_list'`,
			},
		),
		...['email', 'sms'].map((channel) =>
			attribute(
				`consent_${channel}_last`,
				`Consent by ${channel === 'sms' ? 'SMS' : channel}`,
				'The last change: withdrawn, or suppressed where messages can’t be delivered',
				{
					...{ kind: 'string' as const, calculation: 'last', types: CONSENT },
					value: sqlPath('properties.consent_change'),
					filter: `${sqlPath('properties.channel')} = '${channel}' AND ${NO_TEST}`,
					sql: `SELECT ${sqlPath('properties.consent_change')} FROM ${once(CONSENT)} WHERE ${sqlPath('properties.channel')} = '${channel}' ORDER BY ${sqlPath('event_time')} DESC LIMIT 1`,
				},
			),
		),
		attribute(
			'carts_left_count',
			'Carts left',
			'Number of carts that were left. The SQL takes off those that became an order',
			{
				...{ kind: 'number', calculation: 'count', types: ['cart_abandoned'] },
				value: sqlPath('event_id'),
				sql: `SELECT count(*) FILTER (WHERE ${sqlPath('event_name')} = 'cart_abandoned') - count(*) FILTER (WHERE ${sqlPath('event_name')} = 'cart_recovered') FROM ${once(['cart_abandoned', 'cart_recovered'])}`,
			},
		),
		attribute('nps_last', 'NPS', 'The last answer, 0 to 10', {
			...{ kind: 'number', calculation: 'last', types: ['profile_updated'] },
			value: sqlPath('profile.properties.nps_score'),
			filter: `${sqlPath('profile.properties.nps_score')} IS NOT NULL AND ${NO_TEST}`,
			sql: `SELECT ${sqlPath('profile.properties.nps_score')} FROM ${once(['profile_updated'])} WHERE ${sqlPath('profile.properties.nps_score')} IS NOT NULL ORDER BY ${sqlPath('event_time')} DESC LIMIT 1`,
		}),
		attribute(
			'birthday_points_sum',
			'Birthday points',
			'All points that were given for birthdays',
			{
				...{ kind: 'number', calculation: 'sum', types: ['birthday_points_granted'] },
				value: `(${sqlPath('properties.points')})::numeric`,
				sql: `SELECT sum((${sqlPath('properties.points')})::numeric) FROM ${once(['birthday_points_granted'])}`,
			},
		),
	];
}

interface Made {
	kind: Attribute['data_type'];
	calculation: string;
	types: string[];
	value: string;
	filter?: string;
	isMultiple?: boolean;
	sql: string;
}

function attribute(id: string, name: string, description: string, made: Made): Attribute {
	const { kind, calculation, types, value, filter = NO_TEST, isMultiple = false, sql } = made;
	return {
		id: `${SOURCE}_${id}`,
		name,
		description,
		data_type: kind,
		is_multiple: isMultiple,
		calculation,
		definition: {
			...(calculation === 'last' ? { type: 'last' as const } : {}),
			value,
			filter,
			sources: [SOURCE],
			types,
			versions: [TYPE_VERSION],
		},
		sql,
	};
}

/** Events of these types, tests left out, each once: at Pipes a repeat may stand under the same event_id again. */
function once(types: string[]): string {
	const list = types.map((type) => `'${type}'`).join(', ');
	const id = sqlPath('event_id');
	return `(SELECT DISTINCT ON (${id}) payload FROM events WHERE event_type_id IN (${list}) AND ${NO_TEST} ORDER BY ${id}) once`;
}
