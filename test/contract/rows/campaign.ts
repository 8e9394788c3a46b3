import { byId } from '../../support/byId';
import type { ContractRow } from './row';

const ID = '01GMRWDSA0ARTAKE1SFX8JGXAY';
const campaign = { resource: 'campaign', parameters: { campaignId: byId(ID) } };
const PER_CHANNEL = ['GET /api/campaigns', 'GET /api/campaigns', 'GET /api/campaigns'];

export const campaignRows: ContractRow[] = [
	{ resource: 'campaign', operation: 'getAll', requests: PER_CHANNEL },
	{
		resource: 'campaign',
		operation: 'getAll',
		variant: 'everything',
		parameters: {
			channel: 'mobile_push',
			returnAll: true,
			simplify: false,
			includeStatistics: true,
			conversionMetricId: byId('RESQ6t'),
			filters: {
				archived: false,
				createdAfter: '2031-01-01T00:00:00',
				createdBefore: '2031-12-31T00:00:00Z',
				nameContains: 'Black "Friday"',
				scheduledAfter: '2031-01-01T00:00:00',
				scheduledBefore: '2031-12-31T00:00:00',
				status: ['Sent', 'Cancelled: Smart Sending'],
				updatedAfter: '2031-01-01T00:00:00',
				updatedBefore: '2031-12-31T00:00:00',
			},
			options: { include: ['messages', 'tags'] },
			sort: '-scheduled_at',
		},
		requests: ['GET /api/campaigns', 'POST /api/campaign-values-reports'],
	},
	{
		resource: 'campaign',
		operation: 'getAll',
		variant: 'simplified, with messages',
		parameters: { channel: 'sms', options: { include: ['messages'] }, sort: 'name' },
		requests: ['GET /api/campaigns'],
	},
	{ ...campaign, operation: 'get', requests: [`GET /api/campaigns/${ID}`] },
	{
		...campaign,
		operation: 'getMessages',
		requests: [`GET /api/campaigns/${ID}/campaign-messages`],
	},
];
