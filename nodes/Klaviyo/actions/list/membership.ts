import type { ListMembersAddQuery, ListMembersDeleteQuery } from 'klaviyo-api';
import type { IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { locator } from '../../../shared/operation/fields';
import { requiredText } from '../../../shared/operation/operation';
import type { KlaviyoClient } from '../../api/klaviyoClient';
import type { Wire } from '../../api/wire';
import { failureOf, type Bulk, type Entry } from '../bulk';
import { sendByGroup, told } from '../groups';
import { notReady, ready, tell, unsent, type Draft } from '../outcomes';
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
	const drafts = context.getInputData().map((_, index) => draftAt(context, index));
	const entries = drafts.flatMap((draft, index) =>
		draft.ready ? [{ index, value: draft.value }] : [],
	);
	const { once, firstOf } = withoutRepeats(entries);
	const outcomes = await sendByGroup(
		client,
		once,
		({ listId }) => listId,
		({ listId }) => bulkOf(method, listId),
		{ count: MOST },
	);
	const done = method === 'POST' ? 'added' : 'removed';
	return tell(
		context,
		drafts.map((draft, index) => {
			if (!draft.ready) return { ...unsent(draft.reason) };
			const { listId, profileId } = draft.value;
			const outcome = outcomes.get(firstOf(draft.value) ?? index);
			return { list_id: listId, klaviyo_id: profileId, ...told(outcome, done) };
		}),
		'profiles',
	);
}

function draftAt(context: IExecuteFunctions, index: number): Draft<Membership> {
	try {
		return ready({
			listId: requiredText(context, 'listId', 'List', index),
			profileId: requiredText(context, 'klaviyoId', LABELS.klaviyo_id, index),
		});
	} catch (error) {
		return notReady(failureOf(error).reason);
	}
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
	return { once, firstOf: (value: Membership) => firsts.get(keyOf(value)) };
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
