import type { SuppressionCreateJobCreateQuery } from 'klaviyo-api';

import { draftEach, entriesIn, ready } from '../../../shared/delivery/draft';
import { itemsOf } from '../../../shared/delivery/told';
import { requiredText } from '../../../shared/operation/operation';
import type { Wire } from '../../api/wire';
import {
	deliverInBulk,
	PROFILES_TO_KLAVIYO,
	resultOf,
	unsentResult,
	type Bulk,
} from '../bulkDelivery';
import type { KlaviyoOperation } from '../operation';
import { identifierField, LABELS } from './identifiers';

/** "Email address per request limit: 100" (https://developers.klaviyo.com/en/reference/bulk_suppress_profiles). */
const MOST = 100;
const LIST = '/data/attributes/profiles/data';

const SUPPRESSION: Bulk<string> = {
	request: (emails) => {
		const body: Wire<SuppressionCreateJobCreateQuery> = {
			data: {
				type: 'profile-suppression-bulk-create-job',
				attributes: {
					profiles: {
						data: emails.map((email) => ({ type: 'profile', attributes: { email } })),
					},
				},
			},
		};
		return {
			method: 'POST',
			path: '/api/profile-suppression-bulk-create-jobs',
			body,
			scopes: 'profiles:write and subscriptions:write',
			labels: { [`${LIST}/*/attributes/email`]: LABELS.email },
		};
	},
	list: LIST,
	idOf: (email) => email,
};

/** https://developers.klaviyo.com/en/reference/bulk_suppress_profiles */
export const suppress: KlaviyoOperation = {
	option: {
		name: 'Suppress',
		value: 'suppress',
		description:
			'Keep people from getting marketing email, whatever their consent, up to 100 in a request. Klaviyo works on it after it has said yes, and makes a profile of an address that it does not know.',
		action: 'Suppress a profile',
	},
	properties: [identifierField('email')],
	execute: async (context, client) => {
		const drafts = draftEach<string>(context, (index) =>
			ready(requiredText(context, 'email', LABELS.email, index)),
		);
		const packing = { limits: { count: MOST } };
		const outcomes = await deliverInBulk(
			context,
			client,
			entriesIn(drafts),
			() => SUPPRESSION,
			packing,
		);
		return itemsOf(
			context,
			drafts.map((draft, index) =>
				draft.ready
					? { email: draft.value, ...resultOf(outcomes.get(index)!, 'accepted') }
					: unsentResult(draft.judgement),
			),
			PROFILES_TO_KLAVIYO,
		);
	},
};
