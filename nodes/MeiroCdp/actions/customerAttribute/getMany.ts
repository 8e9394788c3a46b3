import { optionsAt, textField } from '../../../shared/operation/fields';
import { getMany as getManyOf } from '../../../shared/operation/getMany';
import { requiredText } from '../../../shared/operation/operation';
import type { MeiroClient } from '../../api/cdpClient';
import { listIn } from '../../api/cdpPages';

interface Options {
	valuesPerAttribute?: number;
}

/** https://docs.meiro.dev/docs/api/meiro-cdp-api/customer-attributes: no paging of its own */
export const getMany = getManyOf<MeiroClient>({
	description: 'List the attributes of one customer',
	action: 'Get many customer attributes',
	of: [
		{
			...textField(
				'Customer Entity ID',
				'customerEntityId',
				'e.g. 5b1f6e0c-9a77-4c2e-8d3c-0f1f8c2f9a10',
				'ID of the customer in the CDP. Audience: Check Membership returns it.',
			),
			required: true,
		},
	],
	options: [
		{
			displayName: 'Values per Attribute',
			name: 'valuesPerAttribute',
			type: 'number',
			typeOptions: { minValue: 1 },
			default: 1,
			description: 'Most values that Meiro returns of one attribute',
		},
	],
	read: async ({ context, client, index, limit }) => {
		const id = requiredText(context, 'customerEntityId', 'Customer Entity ID', index);
		const options = optionsAt<Options>(context, index);
		const { body } = await client.request({
			path: `/customers/${encodeURIComponent(id)}/attributes`,
			query: {
				...(options.valuesPerAttribute === undefined
					? {}
					: { attribute_values_max_count: options.valuesPerAttribute }),
			},
			feature: 'customers/detail',
		});
		return listIn(body, 'customer_attributes').slice(0, Number.isFinite(limit) ? limit : undefined);
	},
});
