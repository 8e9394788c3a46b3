import type { IDataObject } from 'n8n-workflow';

import { listEventTypes, meiroPages } from '../../api/cdpPages';
import { limit, limitOf, returnAll, simplify } from '../../../shared/operation/listFields';
import { forEachItem } from '../../../shared/operation/operation';
import type { CdpOperation } from '../operation';

const SIMPLE_FIELDS = ['id', 'source_id', 'type', 'version', 'name', 'description', 'is_hidden'];

/** https://docs.meiro.dev/docs/api/meiro-cdp-api/events */
export const getMany: CdpOperation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		description: 'List the event types that the CDP knows',
		action: 'Get many event types',
	},
	properties: [
		returnAll,
		limit,
		simplify,
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
			],
		},
	],
	execute: forEachItem(async (context, client, index) => {
		const { showHidden } = context.getNodeParameter('options', index, {}) as {
			showHidden?: boolean;
		};
		const query = showHidden === undefined ? {} : { show_hidden: showHidden ? 1 : 0 };
		const found = await meiroPages(
			client,
			{ ...listEventTypes, query },
			'events',
			limitOf(context, index),
		);
		return context.getNodeParameter('simplify', index) === true ? found.map(simple) : found;
	}),
};

function simple(event: IDataObject): IDataObject {
	return Object.fromEntries(SIMPLE_FIELDS.map((field) => [field, event[field]]));
}
