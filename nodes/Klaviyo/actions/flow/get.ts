import { resourcesOf } from '../../api/klaviyoPages';
import { forEachItem } from '../../../shared/operation/operation';
import { locator, simplify, wantsSimple } from '../../../shared/operation/fields';
import { idForPath, type KlaviyoOperation } from '../operation';
import { withoutHeaderValues } from './definition';
import { simpleFlow, SPARSE } from './simple';

/** https://developers.klaviyo.com/en/reference/get_flow */
export const get: KlaviyoOperation = {
	option: {
		name: 'Get',
		value: 'get',
		description: 'Get a Klaviyo flow, with what starts it and its steps if wanted',
		action: 'Get a flow',
	},
	properties: [
		locator('Flow', 'flowId', 'searchFlows', 'The list shows those that are not archived'),
		{
			displayName: 'Include Definition',
			name: 'includeDefinition',
			type: 'boolean',
			default: false,
			description:
				'Whether to add what starts the Klaviyo flow, its filters and its steps. Headers of webhooks, which hold secrets, have [secret] in place of their values.',
		},
		simplify,
	],
	execute: forEachItem(async (context, client, index) => {
		const id = idForPath(context, 'flowId', 'Flow', index);
		const isSimple = wantsSimple(context, index);
		const withDefinition = context.getNodeParameter('includeDefinition', index) === true;
		const { body } = await client.request({
			path: `/api/flows/${id}`,
			query: queryOf(isSimple, withDefinition),
			scopes: 'flows:read',
			labels: { id: 'Flow' },
		});
		const flows = resourcesOf(body).map(withoutHeaderValues);
		return isSimple ? flows.map(simpleFlow) : flows;
	}),
};

function queryOf(isSimple: boolean, withDefinition: boolean): Record<string, string> {
	if (isSimple) return { 'fields[flow]': withDefinition ? `${SPARSE},definition` : SPARSE };
	return withDefinition ? { 'additional-fields[flow]': 'definition' } : {};
}
