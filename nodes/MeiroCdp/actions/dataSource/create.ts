import type { IDataObject } from 'n8n-workflow';

import { nameForPeople } from '../fields';
import { forEachItem, requiredText, textParameter } from '../../../shared/operation/operation';
import type { CdpOperation } from '../operation';

/** https://docs.meiro.dev/docs/api/meiro-cdp-api/data-sources */
export const create: CdpOperation = {
	option: {
		name: 'Create',
		value: 'create',
		description: 'Make a data source known to the CDP, so that events can belong to it',
		action: 'Create a data source',
	},
	properties: [
		{
			displayName: 'ID',
			name: 'id',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. klaviyo',
			description: 'What events carry as source_id. In Meiro it can’t be changed later.',
		},
		nameForPeople,
		{
			displayName: 'Type',
			name: 'type',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. the type of a data source that you have',
			description: 'Meiro documents no list of types: Data Source: Get Many shows those of yours',
		},
	],
	execute: forEachItem(async (context, client, index) => {
		const id = requiredText(context, 'id', 'ID', index);
		const { body } = await client.request({
			method: 'POST',
			path: '/customers/sources',
			body: {
				id,
				name: textParameter(context, 'name', index) || id,
				type: requiredText(context, 'type', 'Type', index),
				is_hidden: 0,
			},
			feature: 'settings/cdp_entities',
			repeatable: false,
		});
		return [(body.source ?? body) as IDataObject];
	}),
};
