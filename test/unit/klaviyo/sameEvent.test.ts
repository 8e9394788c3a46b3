import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import type { KlaviyoEvent } from '../../../nodes/shared/event/contract';
import { metricEvent, updateEvent } from '../../../nodes/Klaviyo/normalise/apiResource';
import { normalise } from '../../../nodes/Klaviyo/normalise/flowDelivery';
import { normaliseSystemDelivery } from '../../../nodes/Klaviyo/normalise/systemDelivery';

const ANA = '01JZ00000000000000000000AA';
const EVA = '01JZ00000000000000000000AE';
const SECOND = 1927857906;
const TIME = '2031-02-03T04:05:06.000Z';

interface Told {
	metric: string;
	slug: string;
	/** What Klaviyo keeps as `$event_id`. */
	id: string | undefined;
	person?: string;
	account?: string | null;
	properties?: IDataObject;
}

const ORDER: Told = { metric: 'Placed Order', slug: 'placed_order', id: 'order-1' };

const settingsOf = ({ account = 'shop' }: Told) => ({
	account,
	fallbackEventName: '',
	includeRaw: false,
});

function byFlow(
	told: Told,
	more: IDataObject = {},
	flowId = 'AbC123',
	receivedAt = '2031-02-03T04:06:00.000Z',
) {
	const body: IDataObject = {
		step: '1',
		trigger_type: 'metric',
		metric: told.metric,
		day: '2031-02-03',
		profile: { klaviyo_id: told.person ?? ANA, email: 'ana@shop.example' },
		event: { $event_id: told.id ?? '', $value: '41.5', ...told.properties },
		...more,
	};
	return normalise({ body, raw: '', flowId, receivedAt }, settingsOf(told));
}

function resourceOf(told: Told, included: IDataObject[] = []): IDataObject {
	return {
		type: 'event',
		id: '4AbCdEfGhIj',
		attributes: {
			timestamp: SECOND,
			datetime: '2031-02-03T04:05:06+00:00',
			event_properties: {
				$value: 41.5,
				...(told.id === undefined ? {} : { $event_id: told.id }),
				...told.properties,
			},
		},
		relationships: { profile: { data: { type: 'profile', id: told.person ?? ANA } } },
		...(included.length === 0 ? {} : { included }),
	};
}

function bySystemWebhook(told: Told): KlaviyoEvent {
	const data = resourceOf(told);
	const entry = { external_id: data.id, topic: `event:api.${told.slug}`, payload: { data } };
	const envelope = { data: [entry], meta: { klaviyo_account_id: 'AcC123' } } as IDataObject;
	return normaliseSystemDelivery(envelope, settingsOf(told), '2031-02-03T04:08:00.000Z')[0]!;
}

function byApi(told: Told, via: 'polling' | 'import'): KlaviyoEvent {
	const profile = { type: 'profile', id: told.person ?? ANA, attributes: { external_id: 'c-1' } };
	const context = { account: settingsOf(told).account, readAt: '2031-02-04T00:00:00.000Z', via };
	return metricEvent(resourceOf(told, [profile]), told.metric, context);
}

const WAYS: Array<[string, (told: Told) => KlaviyoEvent]> = [
	['a flow', byFlow],
	['a second flow', (told) => byFlow(told, { step: '2' }, 'XyZ789')],
	[
		'a flow with a delay',
		(told) => byFlow(told, { delay: '2 days' }, 'Later1', '2031-02-05T04:07:00.000Z'),
	],
	[
		'a flow that names the event like its metric',
		(told) => byFlow(told, { event_name: told.slug }),
	],
	[
		'a delivery that Klaviyo repeats',
		(told) => byFlow(told, {}, 'AbC123', '2031-02-03T20:00:00.000Z'),
	],
	['a system webhook', bySystemWebhook],
	['polling', (told) => byApi(told, 'polling')],
	['an import', (told) => byApi(told, 'import')],
];

const EVENTS: Array<[string, Told]> = [
	['an order', ORDER],
	[
		'an event whose sender gave no id, so that Klaviyo took the second',
		{ ...ORDER, id: String(SECOND) },
	],
	[
		'a line of an order',
		{ metric: 'Ordered Product', slug: 'ordered_product', id: 'order-1_LAMP-1' },
	],
	[
		'a spelling of Klaviyo’s guide',
		{ metric: 'Canceled Order', slug: 'canceled_order', id: 'order-1' },
	],
	[
		'a metric that is ours to guess',
		{ metric: 'Submitted review', slug: 'submitted_review', id: '77' },
	],
	['an event from Meiro', { ...ORDER, properties: { meiro_origin: true, OrderId: '1' } }],
	['an event without a label of the account', { ...ORDER, account: null }],
];

describe.each(EVENTS)('%s', (_, told) => {
	it.each(WAYS)('has one event_id and one name by %s', (__, tell) => {
		const [first] = WAYS;
		const { event_id, event_name } = first![1](told);
		expect(tell(told)).toMatchObject({ event_id, event_name });
	});
});

it('is one event with the account that was found out, as with none', () => {
	const told = { ...ORDER, account: null };
	expect(bySystemWebhook(told)).toMatchObject({ account: 'AcC123' });
	expect(bySystemWebhook(told).event_id).toBe(byFlow(told).event_id);
});

it('says the sender’s id and Klaviyo’s at the same place by every way', () => {
	const trigger_event = { metric: 'Placed Order', id: 'order-1', value: 41.5 };
	for (const [, tell] of WAYS) expect(tell(ORDER)).toMatchObject({ trigger_event });
	for (const event of [bySystemWebhook(ORDER), byApi(ORDER, 'import')]) {
		expect(event).toMatchObject({
			event_time: TIME,
			trigger_event: { klaviyo_event_id: '4AbCdEfGhIj', time: TIME },
		});
		expect(event.properties).not.toHaveProperty('$event_id');
	}
	expect(byApi(ORDER, 'import').received_via).toBe('import');
});

it('names the campaign that an event of the API is attributed to', () => {
	const campaign = { data: { type: 'campaign', id: '01JZCAMPAIGN0000000000000A' } };
	const attribution = { type: 'attribution', id: 'a-1', relationships: { campaign } };
	const context = { account: null, readAt: '2031-02-04T00:00:00.000Z' };
	const ordered = metricEvent(resourceOf(ORDER, [attribution]), ORDER.metric, context);
	expect(ordered.campaign).toEqual({ id: '01JZCAMPAIGN0000000000000A' });
});

it('is one event when the metric is typed as the event’s name alone', () => {
	const typed = byFlow(ORDER, { metric: '', event_name: 'placed_order', trigger_type: '' });
	expect(typed.event_id).toBe(byFlow(ORDER).event_id);
	expect(typed.trigger_event).toMatchObject({ metric: 'Placed Order' });
});

describe('two different things', () => {
	const noId = (properties: IDataObject) => byFlow({ ...ORDER, id: '', properties });
	const join = (more: IDataObject) =>
		normalise(
			{
				body: {
					event_name: 'subscribed_to_list',
					trigger_type: 'list',
					list: { id: 'LiSt01' },
					day: '2031-02-03',
					profile: { klaviyo_id: ANA },
					...more,
				},
				raw: '',
				flowId: 'AbC123',
				receivedAt: '2031-02-03T04:06:00.000Z',
			},
			settingsOf(ORDER),
		);
	const winBack = (more: IDataObject, flowId?: string) =>
		byFlow(ORDER, { event_name: 'winback_due', delay: '60 days', ...more }, flowId);
	const birthday = (day: string, more: IDataObject = {}) =>
		join({ event_name: 'birthday', trigger_type: 'date', list: '', day, ...more });
	const anniversary = (day: string, event_name = 'anniversary') =>
		birthday(day, {
			event_name,
			profile: { klaviyo_id: ANA, birthday: '1990-12-01' },
		});
	const joined = (at: string) =>
		updateEvent({
			account: 'shop',
			name: 'joined_list',
			time: at,
			readAt: '2031-02-05T00:00:00.000Z',
			profile: { klaviyo_id: ANA },
			fromMeiro: false,
			list: { id: 'LiSt01' },
		});

	it.each<[string, KlaviyoEvent, KlaviyoEvent]>([
		['two orders', byFlow(ORDER), byFlow({ ...ORDER, id: 'order-2' })],
		['two orders of one second', byFlow(ORDER), byFlow({ ...ORDER, id: String(SECOND) })],
		['two views without ids', noId({ ProductName: 'Desk Lamp' }), noId({ ProductName: 'Chair' })],
		['two carts that differ deep inside', noId({ Items: [{ Q: 1 }] }), noId({ Items: [{ Q: 2 }] })],
		['two days of a course', noId({ day: 'Monday' }), noId({ day: 'Friday' })],
		['two amounts', noId({}), byFlow({ ...ORDER, id: '' }, { event: { $value: '12' } })],
		['two people', byFlow(ORDER), byFlow({ ...ORDER, person: EVA })],
		['two accounts with labels', byFlow(ORDER), byFlow({ ...ORDER, account: 'shop-sk' })],
		['a label and none', byFlow(ORDER), byFlow({ ...ORDER, account: null })],
		[
			'one order number in two metrics',
			byApi(ORDER, 'polling'),
			byApi({ ...ORDER, metric: 'Fulfilled Order' }, 'polling'),
		],
		[
			'lines of one order',
			byFlow({ ...ORDER, metric: 'Ordered Product', id: 'order-1_A' }),
			byFlow({ ...ORDER, metric: 'Ordered Product', id: 'order-1_B' }),
		],
		...['list', 'list_id', 'segment'].map((key): [string, KlaviyoEvent, KlaviyoEvent] => [
			`a metric's events without ids that differ in their ${key}`,
			byFlow({ ...ORDER, metric: 'Subscribed to List', id: '' }, { [key]: 'One' }),
			byFlow({ ...ORDER, metric: 'Subscribed to List', id: '' }, { [key]: 'Two' }),
		]),
		['joins of a list on two days', join({}), join({ day: '2031-02-04' })],
		['joins of two lists', join({}), join({ list: { id: 'LiSt02' } })],
		...['0', '-', 'N/A', 'guest', 'NaN'].map((id): [string, KlaviyoEvent, KlaviyoEvent] => [
			`joins of two lists whose ID is only ${id}`,
			join({ list: { id, name: 'News' } }),
			join({ list: '', list_id: id, list_name: 'VIP' }),
		]),
		[
			'joins of a list and a segment',
			join({}),
			join({
				list: '',
				segment: { id: 'LiSt01' },
				event_name: 'joined_segment',
				trigger_type: 'segment',
			}),
		],
		[
			'two joins that polling reads',
			joined('2031-02-03T04:05:06Z'),
			joined('2031-02-03T05:05:06Z'),
		],
		['two steps of one flow', winBack({}), winBack({ step: '2' })],
		['a step and its copy with another delay', winBack({}), winBack({ delay: '90 days' })],
		['one step of two flows', winBack({}), winBack({}, 'XyZ789')],
		['an order and the step behind it', byFlow(ORDER), winBack({})],
		['birthdays of two years', birthday('2031-02-03'), birthday('2032-02-03')],
		[
			'anniversaries of two years, half a year from the birthday',
			anniversary('2031-06-02'),
			anniversary('2032-06-01'),
		],
		[
			'ends of a contract in two years, half a year from the birthday',
			anniversary('2031-06-02', 'contract_ends'),
			anniversary('2032-06-01', 'contract_ends'),
		],
		['two samples', byFlow(ORDER, { is_test: true }), byFlow(ORDER, { is_test: true })],
		['a sample and the real event', byFlow(ORDER), byFlow(ORDER, { is_test: true })],
	])('have two event_ids: %s', (_, one, other) => {
		expect(one.event_id).not.toBe(other.event_id);
	});

	it.each<[string, KlaviyoEvent, KlaviyoEvent]>([
		[
			'a view without an id, sent again',
			noId({ ProductName: 'Chair' }),
			noId({ ProductName: 'Chair' }),
		],
		[
			'a view without an id, of a person who has changed',
			noId({}),
			byFlow(
				{ ...ORDER, id: '' },
				{ profile: { klaviyo_id: ANA, first_name: 'Ana', city: 'Brno' } },
			),
		],
		[
			'a view without an id, whose body says when it was rendered',
			noId({ sent_at: '2031-02-03 04:06:00' }),
			noId({ sent_at: '2031-02-03 09:06:00' }),
		],
		[
			'the same properties in another order',
			noId({ ProductName: 'Lamp', Colour: { of: 'shade', and: 'base' } }),
			noId({ Colour: { and: 'base', of: 'shade' }, ProductName: 'Lamp' }),
		],
		['a placeholder where the id stands', noId({}), byFlow({ ...ORDER, id: 'None' })],
		['a list joined, in a second flow', join({}), normaliseJoin('XyZ789')],
		['a birthday told again after midnight', birthday('2031-02-03'), birthday('2031-02-04')],
		[
			'a birthday of the first of January, run on the last of December for the east',
			birthday('2030-12-31', { birthday: '1990-01-01' }),
			birthday('2031-01-01', { birthday: '1990-01-01' }),
		],
		[
			'an anniversary told again after midnight, half a year from the birthday',
			anniversary('2031-06-01'),
			anniversary('2031-06-02'),
		],
		[
			'a birthday under another name, told again in the new year',
			birthday('2030-12-31', { event_name: 'party', birthday: '1990-12-31' }),
			birthday('2031-01-01', { event_name: 'party', birthday: '1990-12-31' }),
		],
		...['1990/12/31', '19901231', '31.12.1990', '12/31/1990', '--12-31'].map(
			(date): [string, KlaviyoEvent, KlaviyoEvent] => [
				`a birthday written as ${date}, told again in the new year`,
				birthday('2030-12-31', { birthday: date }),
				birthday('2031-01-01', { birthday: date }),
			],
		),
		[
			'a birthday whose date the person’s properties hold',
			birthday('2031-01-01', {
				profile: { klaviyo_id: ANA, properties: { Birthday: '1990-12-31' } },
			}),
			birthday('2030-12-31', {
				profile: { klaviyo_id: ANA, properties: { Birthday: '1990-12-31' } },
			}),
		],
	])('are not %s', (_, one, other) => {
		expect(other.event_id).toBe(one.event_id);
	});

	function normaliseJoin(flowId: string): KlaviyoEvent {
		return normalise(
			{
				body: {
					event_name: 'subscribed_to_list',
					step: '3',
					trigger_type: 'list',
					list: { id: 'LiSt01' },
					day: '2031-02-03',
					profile: { klaviyo_id: ANA },
				},
				raw: '',
				flowId,
				receivedAt: '2031-02-03T05:06:00.000Z',
			},
			settingsOf(ORDER),
		);
	}
});

describe('whatever the id and the time are', () => {
	const ids = fc.oneof(
		fc.stringMatching(/^o-[A-Za-z0-9_:-]{3,40}$/),
		fc.integer({ min: 1e9, max: 2e9 }).map(String),
	);

	it('a flow, a system webhook and polling agree', () => {
		fc.assert(
			fc.property(ids, fc.constantFrom(ANA, EVA), (id, person) => {
				const told = { ...ORDER, id, person };
				const { event_id } = byFlow(told);
				expect(bySystemWebhook(told).event_id).toBe(event_id);
				expect(byApi(told, 'polling').event_id).toBe(event_id);
			}),
		);
	});

	it('content without an id has one event_id for each content', () => {
		fc.assert(
			fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
				const event = (content: unknown) =>
					byFlow({ ...ORDER, id: '', properties: { Content: { it: content } as IDataObject } });
				const [first, second] = [event(one), event(other)];
				expect(first.event_id === second.event_id).toBe(
					JSON.stringify(first.properties) === JSON.stringify(second.properties),
				);
			}),
			{
				examples: [
					[[], {}],
					[[['a', 1]], { a: 1 }],
				],
			},
		);
	});
});
