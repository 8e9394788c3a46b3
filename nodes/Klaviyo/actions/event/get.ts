import { textField, wantsSimple } from '../../../shared/operation/fields';
import { forEachItem } from '../../../shared/operation/operation';
import { resourcesOf } from '../../api/klaviyoPages';
import { idForPath, type KlaviyoOperation } from '../operation';
import {
	accountField,
	eventOutput,
	eventScopes,
	SIMPLE_EVENT_QUERY,
	simplifyEvent,
} from './simple';

const LABEL = 'Klaviyo Event ID';

/** https://developers.klaviyo.com/en/reference/get_event */
export const get: KlaviyoOperation = {
	option: {
		name: 'Get',
		value: 'get',
		description: 'Get one event by Klaviyo’s own ID of it',
		action: 'Get an event',
	},
	properties: [
		{
			...textField(
				LABEL,
				'klaviyoEventId',
				'e.g. 4vRpBT45kFx',
				'Klaviyo’s own ID of the event, which polling, system webhooks and Event: Complete tell. It is neither our event_id nor the sender’s.',
			),
			required: true,
			default: '={{ $json.trigger_event?.klaviyo_event_id }}',
		},
		accountField,
		simplifyEvent,
	],
	execute: forEachItem(async (context, client, index) => {
		const id = idForPath(context, 'klaviyoEventId', LABEL, index);
		const isSimple = wantsSimple(context, index);
		const { body } = await client.request({
			path: `/api/events/${id}`,
			query: isSimple ? SIMPLE_EVENT_QUERY : {},
			scopes: eventScopes(isSimple),
			labels: { id: LABEL },
		});
		return resourcesOf(body).map((event) => eventOutput(event, isSimple, { context, index }));
	}),
};
