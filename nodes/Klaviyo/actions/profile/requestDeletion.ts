import type { DataPrivacyCreateDeletionJobQuery } from 'klaviyo-api';

import { forEachItem } from '../../../shared/operation/operation';
import type { Wire } from '../../api/wire';
import type { KlaviyoOperation } from '../operation';
import { identifierAt, LABELS, oneIdentifier } from './identifiers';

/** External IDs are none of those that Klaviyo deletes by. */
const BY = ['email', 'klaviyo_id', 'phone_number'] as const;

const PROFILE = '/data/attributes/profile/data';

/** https://developers.klaviyo.com/en/reference/request_profile_deletion */
export const requestDeletion: KlaviyoOperation = {
	option: {
		name: 'Request Deletion',
		value: 'requestDeletion',
		description:
			'Ask Klaviyo to delete a person for good, as GDPR and CCPA have it. All profiles with the identifier are deleted, which can’t be undone.',
		action: 'Request the deletion of a profile',
	},
	properties: oneIdentifier(BY, 'By what Klaviyo shall know the profile'),
	execute: forEachItem(async (context, client, index) => {
		const { by, value } = identifierAt(context, index);
		const body: Wire<DataPrivacyCreateDeletionJobQuery> = {
			data: {
				type: 'data-privacy-deletion-job',
				attributes: {
					profile: {
						data:
							by === 'klaviyo_id'
								? { type: 'profile', id: value, attributes: {} }
								: { type: 'profile', attributes: { [by]: value } },
					},
				},
			},
		};
		const { status } = await client.request({
			method: 'POST',
			path: '/api/data-privacy-deletion-jobs',
			body,
			scopes: 'data-privacy:write',
			labels: { [PROFILE]: LABELS[by] },
		});
		return [{ [by]: value, status: 'accepted', http_status: status }];
	}),
};
