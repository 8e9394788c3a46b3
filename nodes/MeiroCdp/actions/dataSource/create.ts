import type { IDataObject } from 'n8n-workflow';

import { forEachItem, requiredText } from '../../../shared/operation/operation';
import type { CdpOperation } from '../operation';

interface MoreFields {
	description?: string;
	isHidden?: boolean;
}

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
		{
			displayName: 'Name',
			name: 'name',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. Klaviyo',
			description: 'Name for people',
		},
		{
			displayName: 'Type',
			name: 'type',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. the type of a data source that you have',
			description: 'Meiro documents no list of types: Data Source: Get Many shows those of yours',
		},
		{
			displayName: 'Additional Fields',
			name: 'additionalFields',
			type: 'collection',
			placeholder: 'Add field',
			default: {},
			options: [
				{
					displayName: 'Description',
					name: 'description',
					type: 'string',
					default: '',
					description: 'What the data source is, for people',
				},
				{
					displayName: 'Hidden',
					name: 'isHidden',
					type: 'boolean',
					default: false,
					description: 'Whether the data source is hidden in the CDP',
				},
			],
		},
	],
	execute: forEachItem(async (context, client, index) => {
		const more = context.getNodeParameter('additionalFields', index, {}) as MoreFields;
		const { body } = await client.request({
			method: 'POST',
			path: '/customers/sources',
			body: {
				id: requiredText(context, 'id', 'ID', index),
				name: requiredText(context, 'name', 'Name', index),
				type: requiredText(context, 'type', 'Type', index),
				...(more.description === undefined ? {} : { description: more.description }),
				is_hidden: Number(more.isHidden ?? false),
			},
			feature: 'settings/cdp_entities',
			repeatable: false,
		});
		return [(body.source ?? body) as IDataObject];
	}),
};
