import type { IDataObject } from 'n8n-workflow';

import { attributesOf, inOneSpelling, simpleOf } from '../operation';

/** What Simplify keeps of a campaign; 'channel' comes from elsewhere. */
const FIELDS = [
	'name',
	'status',
	'archived',
	'created_at',
	'updated_at',
	'scheduled_at',
	'send_time',
];

/** What Klaviyo is asked for when only these are wanted. */
export const SPARSE = [...FIELDS, 'audiences', 'send_strategy'].join(',');

export interface Included {
	messages: boolean;
	tags: boolean;
}

export function simpleCampaign(
	resource: IDataObject,
	channel: string | null,
	included: Included,
): IDataObject {
	const { audiences, send_strategy } = attributesOf(resource) as {
		audiences?: { included?: string[]; excluded?: string[] } | null;
		send_strategy?: { method?: string } | null;
	};
	const { id, name, ...rest } = simpleOf(resource, FIELDS);
	return {
		id,
		name,
		channel,
		...rest,
		send_method: send_strategy?.method ?? null,
		included_audiences: audiences?.included ?? [],
		excluded_audiences: audiences?.excluded ?? [],
		...(included.messages
			? { messages: includedOf(resource, 'campaign-message').map(simpleMessage) }
			: {}),
		...(included.tags
			? { tags: includedOf(resource, 'tag').map((tag) => attributesOf(tag).name ?? null) }
			: {}),
	};
}

/** The channel that a campaign's messages tell. */
export function channelOf(resource: IDataObject): string | null {
	const [message] = includedOf(resource, 'campaign-message');
	const channel = message && definitionOf(message).channel;
	return typeof channel === 'string' ? channel : null;
}

/** Content differs by channel: what a message doesn't have is left out. */
export function simpleMessage(message: IDataObject): IDataObject {
	const { channel, label, content, notification_type } = definitionOf(message);
	const { created_at, updated_at } = attributesOf(message);
	return {
		id: message.id,
		channel: channel ?? null,
		label: label ?? null,
		...(notification_type === undefined ? {} : { notification_type }),
		...((content ?? {}) as IDataObject),
		created_at: inOneSpelling('created_at', created_at ?? null),
		updated_at: inOneSpelling('updated_at', updated_at ?? null),
	};
}

function definitionOf(message: IDataObject): IDataObject {
	return (attributesOf(message).definition ?? {}) as IDataObject;
}

function includedOf(resource: IDataObject, type: string): IDataObject[] {
	return ((resource.included ?? []) as IDataObject[]).filter((each) => each.type === type);
}
