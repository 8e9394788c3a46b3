import type { IDataObject } from 'n8n-workflow';

import type { ApiRequest, KlaviyoClient } from '../../api/klaviyoClient';
import { condition, filterOf } from '../../api/filter';

/** Klaviyo lists the campaigns of one channel at a time (https://developers.klaviyo.com/en/reference/get_campaigns). */
export const CHANNELS = ['email', 'sms', 'mobile_push'] as const;

export type Channel = (typeof CHANNELS)[number];

/** A campaign does not say its channel. */
export interface Campaign {
	channel: Channel;
	resource: IDataObject;
}

/** What campaigns of all channels are asked for. */
export interface CampaignQuery {
	/** Without the filter by channel. */
	request: ApiRequest;
	conditions: Array<string | undefined>;
	/** Attribute, with '-' before it for the largest first. */
	sort: string;
}

/** Campaigns of these channels as one list in the order of `query.sort`, read no further than `limit`. */
export async function campaignsOf(
	client: KlaviyoClient,
	channels: readonly Channel[],
	query: CampaignQuery,
	limit: number,
): Promise<Campaign[]> {
	const streams = channels.map((channel) => campaignsOfChannel(client, channel, query, limit));
	const found: Campaign[] = [];
	for await (const campaign of merged(streams, query.sort)) {
		found.push(campaign);
		if (found.length >= limit) break;
	}
	return found;
}

async function* campaignsOfChannel(
	client: KlaviyoClient,
	channel: Channel,
	{ request, conditions, sort }: CampaignQuery,
	limit: number,
): AsyncGenerator<Campaign, void, undefined> {
	const filter = filterOf([condition('equals', 'messages.channel', channel), ...conditions]);
	const query = { ...request.query, ...filter, sort };
	for await (const page of client.pages({ ...request, query }, limit)) {
		for (const resource of page) yield { channel, resource };
	}
}

/** Each stream is in order by itself; among equals the earlier stream comes first, so the order is stable. */
async function* merged(
	streams: Array<AsyncGenerator<Campaign, void, undefined>>,
	sort: string,
): AsyncGenerator<Campaign, void, undefined> {
	const [only] = streams;
	if (only !== undefined && streams.length === 1) return yield* only;
	const heads = await Promise.all(streams.map(async (stream) => await stream.next()));
	for (;;) {
		let first = -1;
		heads.forEach((head, index) => {
			if (head.done) return;
			const best = heads[first];
			if (best === undefined || best.done || compare(head.value, best.value, sort) < 0) {
				first = index;
			}
		});
		const head = heads[first];
		if (head === undefined || head.done) return;
		yield head.value;
		heads[first] = await streams[first]!.next();
	}
}

function compare(a: Campaign, b: Campaign, sort: string): number {
	const [one, other] = [sortKey(a, sort), sortKey(b, sort)];
	const order = one < other ? -1 : one > other ? 1 : 0;
	return sort.startsWith('-') ? -order : order;
}

function sortKey({ resource }: Campaign, sort: string): string {
	const field = sort.replace(/^-/, '');
	const { id, attributes } = resource as { id?: string; attributes?: IDataObject };
	return String((field === 'id' ? id : attributes?.[field]) ?? '');
}
