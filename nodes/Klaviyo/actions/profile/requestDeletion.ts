import type { DataPrivacyCreateDeletionJobQuery } from 'klaviyo-api';

import { forEachItem, requiredText } from '../../../shared/operation/operation';
import type { Wire } from '../../api/wire';
import type { KlaviyoOperation } from '../operation';
import { identifierField, LABELS } from './identifiers';

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
	properties: [
		{
			displayName: 'Identifier Type',
			name: 'identifierType',
			type: 'options',
			options: BY.map((field) => ({ name: LABELS[field], value: field })),
			default: 'email',
			description: 'By what Klaviyo shall know whom to delete: it takes exactly one identifier',
		},
		...BY.map((field) => ({
			...identifierField(field),
			required: true,
			displayOptions: { show: { identifierType: [field] } },
		})),
	],
	execute: forEachItem(async (context, client, index) => {
		const by = context.getNodeParameter('identifierType', index) as (typeof BY)[number];
		const value = requiredText(context, by, LABELS[by], index);
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
