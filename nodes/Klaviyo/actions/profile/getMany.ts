import { simplify, sortField, textField } from '../../../shared/operation/fields';
import { equals, listing, since, until } from '../listing';
import { identifierField } from './identifiers';
import { includeSubscriptions, profileOutput, queryAt } from './simplify';

/** https://developers.klaviyo.com/en/reference/get_profiles */
export const getMany = listing({
	description: 'Get the profiles of the account, all or by filters',
	action: 'Get many profiles',
	filters: [
		equals('id', identifierField('klaviyo_id')),
		equals('email', identifierField('email')),
		equals('phone_number', identifierField('phone_number')),
		equals('external_id', identifierField('external_id')),
		since('created', 'Created After', 'createdAfter', 'greater-than'),
		until('created', 'Created Before', 'createdBefore'),
		since('updated', 'Updated After', 'updatedAfter', 'greater-than'),
		until('updated', 'Updated Before', 'updatedBefore'),
		equals(
			'subscriptions.email.marketing.suppression.reason',
			textField(
				'Suppression Reason',
				'suppressionReason',
				'e.g. UNSUBSCRIBE',
				'Why Klaviyo sends the person no marketing email, e.g. UNSUBSCRIBE, USER_SUPPRESSED, HARD_BOUNCE or INVALID_EMAIL',
			),
		),
	],
	sort: sortField(
		{ created: ['Created', 'time'], email: ['Email', 'text'], updated: ['Updated', 'time'] },
		'-updated',
	),
	include: [includeSubscriptions],
	simplify,
	page: '100',
	request: (wish) => ({ path: '/api/profiles', query: queryAt(wish), scopes: 'profiles:read' }),
	output: profileOutput,
});
