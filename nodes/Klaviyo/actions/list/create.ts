import type { ListCreateQuery } from 'klaviyo-api';

import { simplify, textField, wantsSimple } from '../../../shared/operation/fields';
import { forEachItem, requiredText } from '../../../shared/operation/operation';
import { resourcesOf } from '../../api/klaviyoPages';
import type { Wire } from '../../api/wire';
import type { KlaviyoOperation } from '../operation';
import { simpleList } from './simple';

/** https://developers.klaviyo.com/en/reference/create_list */
export const create: KlaviyoOperation = {
	option: {
		name: 'Create',
		value: 'create',
		description:
			'Make a list, with the account’s own opt-in process. Klaviyo allows 150 a day, and two of one name.',
		action: 'Create a list',
	},
	properties: [
		{
			...textField('List Name', 'listName', 'e.g. Newsletter', 'What Klaviyo shows'),
			required: true,
		},
		simplify,
	],
	execute: forEachItem(async (context, client, index) => {
		const name = requiredText(context, 'listName', 'List Name', index);
		const body: Wire<ListCreateQuery> = { data: { type: 'list', attributes: { name } } };
		const answer = await client.request({
			method: 'POST',
			path: '/api/lists',
			body,
			scopes: 'lists:write',
			labels: { '/data/attributes/name': 'List Name' },
		});
		const lists = resourcesOf(answer.body);
		return wantsSimple(context, index) ? lists.map(simpleList) : lists;
	}),
};
