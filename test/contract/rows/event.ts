import { byId } from '../../engine/support/klaviyo';
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

export const eventRows: ContractRow[] = [
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
