import { forEachItem } from '../../../shared/operation/operation';
import { simplify, wantsSimple } from '../../../shared/operation/fields';
import { idForPath, type KlaviyoOperation } from '../operation';
import { campaignLocator } from './get';
import { simpleMessage } from './simple';

/** https://developers.klaviyo.com/en/reference/get_messages_for_campaign */
export const getMessages: KlaviyoOperation = {
	option: {
		name: 'Get Messages',
		value: 'getMessages',
		description: 'Get the messages of a campaign: subject, sender, text',
		action: 'Get the messages of a campaign',
	},
	properties: [campaignLocator, simplify],
	execute: forEachItem(async (context, client, index) => {
		const id = idForPath(context, 'campaignId', 'Campaign', index);
		const isSimple = wantsSimple(context, index);
		const messages = await client.all({
			path: `/api/campaigns/${id}/campaign-messages`,
			query: isSimple ? { 'fields[campaign-message]': 'definition,created_at,updated_at' } : {},
			scopes: 'campaigns:read',
			labels: { id: 'Campaign' },
		});
		return isSimple ? messages.map(simpleMessage) : messages;
	}),
};
