// https://developers.klaviyo.com/en/reference/query_campaign_values
import type { StoredCampaign } from './campaign-store';
import type { Campaigns } from './campaigns';
import { dict } from './json';
import type { ApiAnswer, ApiRequest } from './operation';
import type { Report, Sent } from './report';
import { valuesReport } from './report';

/** The report's own word for mobile_push. */
const PUSH = 'push-notification';

const REPORT: Report = {
	type: 'campaign-values-report',
	groups: ['campaign_id', 'campaign_message_id', 'send_channel'],
	required: ['campaign_id', 'campaign_message_id'],
	related: { name: 'campaigns', type: 'campaign', id: 'campaign_id' },
};

/** What each campaign that was sent in the time reached: what it was seeded with. */
export function campaignValues(request: ApiRequest, given: Campaigns): ApiAnswer {
	return valuesReport(request, given.campaigns.list().flatMap(sentOf), REPORT, given);
}

function sentOf({ id, channel, message, tags, send_time, statistics }: StoredCampaign): Sent[] {
	if (send_time === null) return [];
	const groupings = {
		...{ campaign_id: id, campaign_message_id: message.id },
		send_channel: channel === 'mobile_push' ? PUSH : channel,
		campaign_message_name: dict(message.attributes?.definition).label ?? '',
		tag_id: tags.map((tag) => tag.id),
		tag_name: tags.map((tag) => tag.attributes?.name ?? ''),
	};
	return [{ at: send_time, groupings, statistics }];
}
