import { listIn } from '../../api/cdpPages';
import { limit, limitOf, returnAll } from '../../../shared/operation/listFields';
import { forEachItem, requiredText } from '../../../shared/operation/operation';
import type { CdpOperation } from '../operation';

interface Options {
	showHidden?: boolean;
	valuesPerAttribute?: number;
}

/** https://docs.meiro.dev/docs/api/meiro-cdp-api/customer-attributes: no paging of its own */
export const getMany: CdpOperation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		description: 'List the attributes of one customer',
		action: 'Get many customer attributes',
	},
	properties: [
		{
			displayName: 'Customer Entity ID',
			name: 'customerEntityId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 5b1f6e0c-9a77-4c2e-8d3c-0f1f8c2f9a10',
			description: 'ID of the customer in the CDP. Audience: Check Membership returns it.',
		},
		returnAll,
		limit,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Include Hidden',
					name: 'showHidden',
					type: 'boolean',
					default: false,
					description: 'Whether to return hidden ones as well',
				},
				{
					displayName: 'Values per Attribute',
					name: 'valuesPerAttribute',
					type: 'number',
					typeOptions: { minValue: 1 },
					default: 1,
					description: 'Most values that Meiro returns of one attribute',
				},
			],
		},
	],
	execute: forEachItem(async (context, client, index) => {
		const id = requiredText(context, 'customerEntityId', 'Customer Entity ID', index);
		const options = context.getNodeParameter('options', index, {}) as Options;
		const { body } = await client.request({
			path: `/customers/${encodeURIComponent(id)}/attributes`,
			query: {
				...(options.showHidden === undefined ? {} : { show_hidden: options.showHidden ? 1 : 0 }),
				...(options.valuesPerAttribute === undefined
					? {}
					: { attribute_values_max_count: options.valuesPerAttribute }),
			},
			feature: 'customers/detail',
		});
		const most = limitOf(context, index);
		return listIn(body, 'customer_attributes').slice(0, Number.isFinite(most) ? most : undefined);
	}),
};
