import { byId } from '../../support/byId';
import type { ContractRow } from './row';

const PROFILE = '01GDDKASAP8TKDDA2GRZDSVP4H';
const getMany = { resource: 'event', operation: 'getAll', requests: ['GET /api/events'] };
const create = { resource: 'event', operation: 'create' };
const everything = {
	metricName: 'Answered Survey',
	identifiers: {
		email: 'ana@shop.example',
		externalId: 'C-1',
		klaviyoId: PROFILE,
		phoneNumber: '+420600000001',
	},
	eventId: '={{ "survey-" + $json.number }}',
	eventTime: '2026-02-03T04:05:06Z',
	propertiesFrom: 'json',
	propertiesJson: { Score: 9, Answers: ['a', 'b'] },
	options: { backfill: true, currency: 'EUR', value: '41.50' },
};

/** As the Klaviyo Trigger gives it; the metric is named as the specification's examples are. */
const delivered = (more: object) => ({
	event_id: 'sha-1',
	event_name: 'string',
	event_time: '2031-02-03T04:05:06.000Z',
	event_time_source: 'received',
	received_at: '2031-02-03T04:05:06.000Z',
	received_via: 'flow_webhook',
	profile: { klaviyo_id: PROFILE },
	properties: {},
	...more,
});
const complete = { resource: 'event', operation: 'complete' };
const byAddress = { profile: { email: 'ana@shop.example', phone_number: '+420600000001' } };

export const eventRows: ContractRow[] = [
	{
		...complete,
		variant: 'by person, everything',
		parameters: {
			includeProfile: true,
			options: {
				customProperties: 'Tier, Shoe Size',
				includeLists: true,
				lookBackHours: 4,
				predictions: ['predicted_clv', 'expected_date_of_next_order'],
			},
		},
		items: [delivered({ trigger_event: { metric: 'string', id: 'order-1' } })],
		requests: [
			'GET /api/metrics',
			'GET /api/events',
			'GET /api/profiles',
			`GET /api/profiles/${PROFILE}/lists`,
		],
	},
	{
		...complete,
		variant: 'by the span of time, with the flow’s name',
		items: [
			delivered({
				...byAddress,
				flow: { id: 'XVTP5Q', step: '1', trigger_type: 'metric' },
				trigger_event: { metric: 'string', id: 'order-1' },
			}),
		],
		requests: ['GET /api/metrics', 'GET /api/events', 'GET /api/flows'],
	},
	...['list', 'segment'].map((group) => ({
		...complete,
		variant: `of a ${group}`,
		items: [delivered({ ...byAddress, [group]: { id: 'Y6nRLr' } })],
		requests: Array.from({ length: 3 }, () => `GET /api/${group}s/Y6nRLr/profiles`),
	})),
	...[true, false].map((simplify) => ({
		resource: 'event',
		operation: 'get',
		variant: simplify ? 'simplified' : 'raw',
		parameters: { klaviyoEventId: '4vRpBT45kFx', simplify },
		requests: ['GET /api/events/4vRpBT45kFx'],
	})),
	getMany,
	{
		...getMany,
		variant: 'everything',
		parameters: {
			metricId: byId('RESQ6t'),
			returnAll: true,
			filters: {
				klaviyoId: PROFILE,
				since: '2031-01-01T00:00:00',
				until: '2031-12-31T00:00:00',
			},
			sort: 'datetime',
		},
	},
	{ ...getMany, variant: 'raw', parameters: { simplify: false } },
	{
		...create,
		variant: 'one',
		parameters: { metricName: 'Answered Survey', identifiers: { email: 'ana@shop.example' } },
		requests: ['POST /api/events'],
	},
	{
		...create,
		variant: 'one, everything',
		parameters: everything,
		items: [{ number: 1 }],
		requests: ['POST /api/events'],
	},
	{
		...create,
		variant: 'several',
		parameters: everything,
		items: [{ number: 1 }, { number: 2 }],
		requests: ['POST /api/event-bulk-create-jobs'],
	},
];
