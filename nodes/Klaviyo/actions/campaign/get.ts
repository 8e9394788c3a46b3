import { resourcesOf } from '../../api/klaviyoPages';
import { forEachItem } from '../../../shared/operation/operation';
import { locator, simplify, wantsSimple } from '../../../shared/operation/fields';
import { idForPath, type KlaviyoOperation } from '../operation';
import { channelOf, simpleCampaign } from './simple';

export const campaignLocator = locator(
	'Campaign',
	'campaignId',
	'searchCampaigns',
	'The list shows the 100 newest of each channel; type a part of the name to find others',
);

/** https://developers.klaviyo.com/en/reference/get_campaign */
export const get: KlaviyoOperation = {
	option: {
		name: 'Get',
		value: 'get',
		description: 'Get a campaign with its messages and tags',
		action: 'Get a campaign',
	},
	properties: [campaignLocator, simplify],
	execute: forEachItem(async (context, client, index) => {
		const id = idForPath(context, 'campaignId', 'Campaign', index);
		const { body } = await client.request({
			path: `/api/campaigns/${id}`,
			query: { include: 'campaign-messages,tags' },
			scopes: 'campaigns:read',
			labels: { id: 'Campaign' },
		});
		const campaigns = resourcesOf(body);
		if (!wantsSimple(context, index)) return campaigns;
		return campaigns.map((campaign) =>
			simpleCampaign(campaign, channelOf(campaign), { messages: true, tags: true }),
		);
	}),
};
