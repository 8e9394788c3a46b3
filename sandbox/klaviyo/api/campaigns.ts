// https://developers.klaviyo.com/en/reference/campaigns_api_overview
import type { CampaignStore } from './campaign-store';
import { campaignValues } from './campaign-report';
import type { Catalog } from './catalog';
import { invalid } from './errors';
import type { Includes } from './listing';
import { collection, conditionsOf, single } from './listing';
import type { ApiRequest, Operation } from './operation';
import { M, REPORT } from './rate';

const CHANNELS: unknown[] = ['email', 'sms', 'mobile_push'];

export interface Campaigns {
	campaigns: CampaignStore;
	catalog: Catalog;
	now: () => Date;
}

export function campaignOperations(given: Campaigns): Operation[] {
	const { campaigns } = given;
	const read = { scopes: ['campaigns:read'], limits: M };
	const includes: Includes = {
		'campaign-messages': ({ id }) => [campaigns.get(id).message],
		tags: ({ id }) => campaigns.get(id).tags,
	};
	const ofMessage: Includes = {
		campaign: ({ id }) => [campaigns.withMessage(id).resource],
		template: () => [],
		image: () => [],
	};
	return [
		{
			...{ name: 'get_campaigns', method: 'GET', path: '/api/campaigns', ...read },
			run: (request) => {
				checkChannel(request);
				const resources = campaigns.list().map(({ resource }) => resource);
				return collection(request, resources, {
					page: { size: 100 },
					order: 'created_at',
					includes,
				});
			},
		},
		{
			...{ name: 'get_campaign', method: 'GET', path: '/api/campaigns/{id}', ...read },
			run: (request) => single(request, campaigns.get(request.id).resource, { includes }),
		},
		{
			name: 'get_messages_for_campaign',
			...{ method: 'GET', path: '/api/campaigns/{id}/campaign-messages', ...read },
			run: (request) =>
				collection(request, [campaigns.get(request.id).message], { includes: ofMessage }),
		},
		{
			...{ name: 'get_campaign_message', method: 'GET', path: '/api/campaign-messages/{id}' },
			...read,
			run: (request) =>
				single(request, campaigns.withMessage(request.id).message, { includes: ofMessage }),
		},
		{
			...{ name: 'query_campaign_values', method: 'POST', path: '/api/campaign-values-reports' },
			...{ ...read, limits: REPORT },
			run: (request) => campaignValues(request, given),
		},
	];
}

// "A channel filter is required to list campaigns", one channel at a time (get_campaigns).
function checkChannel({ query }: ApiRequest): void {
	const channel = conditionsOf(query.filter).find(({ field }) => field === 'messages.channel');
	if (channel?.operator === 'equals' && CHANNELS.includes(channel.value)) return;
	const detail = `A channel filter is required: equals(messages.channel,'…') with ${CHANNELS.join(', ')}.`;
	throw invalid(detail, { parameter: 'filter' });
}
