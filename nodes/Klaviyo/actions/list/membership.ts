import type { ListMembersAddQuery, ListMembersDeleteQuery } from 'klaviyo-api';
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { locator } from '../../../shared/operation/fields';
import type { Entry } from '../../../shared/delivery/deliver';
import { draftEach, entriesIn, ready } from '../../../shared/delivery/draft';
import { itemsOf } from '../../../shared/delivery/told';
import { requiredText } from '../../../shared/operation/operation';
import type { KlaviyoClient } from '../../api/klaviyoClient';
import type { Wire } from '../../api/wire';
import {
	deliverInBulk,
	PROFILES_TO_KLAVIYO,
	resultOf,
	unsentResult,
	type Bulk,
} from '../bulkDelivery';
import { identifierField, LABELS } from '../profile/identifiers';

type Method = 'POST' | 'DELETE';

interface Membership {
	listId: string;
	profileId: string;
}

/** "This endpoint accepts a maximum of 1000 profiles per call" (https://developers.klaviyo.com/en/reference/add_profiles_to_list). */
const MOST = 1000;

export const listLocator = locator(
	'List',
	'listId',
	'searchLists',
	'List that the profiles are in, join or leave',
);

/** The parameters that adding and removing share. */
export const membershipFields: INodeProperties[] = [
	listLocator,
	{
		...identifierField('klaviyo_id'),
		default: '={{ $json.klaviyo_id ?? $json.profile?.klaviyo_id }}',
		required: true,
		description:
			'Klaviyo’s own ID of the profile, the only one that Klaviyo takes here. Profile: Get finds it by an email address.',
	},
];

/** Puts the profiles of all items into lists or takes them out, a thousand in a request. */
export async function changeMembership(
	context: IExecuteFunctions,
	client: KlaviyoClient,
	method: Method,
) {
	const drafts = draftEach<Membership>(context, (index) =>
		ready({
			listId: requiredText(context, 'listId', 'List', index),
			profileId: requiredText(context, 'klaviyoId', LABELS.klaviyo_id, index),
		}),
	);
	const { once, firstOf } = withoutRepeats(entriesIn(drafts));
	const outcomes = await deliverInBulk(
		context,
		client,
		once,
		({ listId }) => bulkOf(method, listId),
		{ limits: { count: MOST }, keyOf: ({ listId }) => listId },
	);
	const done = method === 'POST' ? 'added' : 'removed';
	return itemsOf(
		context,
		drafts.map((draft) => {
			if (!draft.ready) return unsentResult(draft.judgement);
			const { listId, profileId } = draft.value;
			const outcome = outcomes.get(firstOf(draft.value))!;
			return { list_id: listId, klaviyo_id: profileId, ...resultOf(outcome, done) };
		}),
		PROFILES_TO_KLAVIYO,
	);
}

/** Each profile once per list: what Klaviyo says to one twice in a request is not documented. */
function withoutRepeats(entries: Array<Entry<Membership>>) {
	const firsts = new Map<string, number>();
	const keyOf = ({ listId, profileId }: Membership) => JSON.stringify([listId, profileId]);
	const once = entries.filter(({ index, value }) => {
		const isFirst = !firsts.has(keyOf(value));
		if (isFirst) firsts.set(keyOf(value), index);
		return isFirst;
	});
	return { once, firstOf: (value: Membership) => firsts.get(keyOf(value))! };
}

function bulkOf(method: Method, listId: string): Bulk<Membership> {
	return {
		request: (members) => {
			const body: Wire<ListMembersAddQuery> & Wire<ListMembersDeleteQuery> = {
				data: members.map(({ profileId }) => ({ type: 'profile', id: profileId })),
			};
			return {
				method,
				path: `/api/lists/${encodeURIComponent(listId)}/relationships/profiles`,
				body,
				scopes: 'lists:write and profiles:write',
				labels: { id: 'List', '/data': LABELS.klaviyo_id },
			};
		},
		list: '/data',
		idOf: ({ profileId }) => profileId,
		common: listId,
	};
}
