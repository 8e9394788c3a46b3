import type { IDataObject } from 'n8n-workflow';

import { forEachItem } from '../../../shared/operation/operation';
import { simplify, wantsSimple } from '../../../shared/operation/fields';
import { attributesOf, simpleOf, type KlaviyoOperation } from '../operation';

const FIELDS = [
	'test_account',
	'industry',
	'timezone',
	'preferred_currency',
	'public_api_key',
	'locale',
];

/** A key belongs to one account (https://developers.klaviyo.com/en/reference/get_accounts). */
export const get: KlaviyoOperation = {
	option: {
		name: 'Get',
		value: 'get',
		description: 'Get the Klaviyo account that the key belongs to',
		action: 'Get an account',
	},
	properties: [simplify],
	execute: forEachItem(async (context, client, index) => {
		const accounts = await client.all({ path: '/api/accounts', scopes: 'accounts:read' });
		return wantsSimple(context, index) ? accounts.map(simpleAccount) : accounts;
	}),
};

function simpleAccount(account: IDataObject): IDataObject {
	const contact = (attributesOf(account).contact_information ?? {}) as IDataObject;
	return {
		...simpleOf(account, FIELDS),
		organization_name: contact.organization_name ?? null,
		website_url: contact.website_url ?? null,
		default_sender_name: contact.default_sender_name ?? null,
		default_sender_email: contact.default_sender_email ?? null,
	};
}
