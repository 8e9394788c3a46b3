import type { IDataObject } from 'n8n-workflow';

import { dataSource, nameForPeople, version } from '../fields';
import {
	forEachItem,
	objectParameter,
	requiredText,
	textParameter,
} from '../../../shared/operation/operation';
import type { CdpOperation } from '../operation';
import { eventTypeId } from './eventId';

/**
 * Flags are numbers there: https://docs.meiro.dev/docs/api/meiro-cdp-api/events. TTL is the retention in
 * days: https://docs.meiro.io/books/meiro-business-explorer/page/events-setup
 */
export const create: CdpOperation = {
	option: {
		name: 'Create',
		value: 'create',
		description: 'Make an event type known to the CDP, so that events of it are taken',
		action: 'Create an event type',
	},
	properties: [
		dataSource,
		{
			displayName: 'Type',
			name: 'type',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. placed_order',
			description:
				'Name that events carry. In Meiro, data source, type and version can’t be changed later.',
		},
		version,
		nameForPeople,
		{
			displayName: 'Schema',
			name: 'schema',
			type: 'json',
			default: '',
			placeholder: 'e.g. {"title":"Left a cart behind","display":[]}',
			description:
				'How Meiro shows the payload in a customer’s timeline. Empty: the name as the title.',
		},
	],
	execute: forEachItem(async (context, client, index) => {
		const source = requiredText(context, 'dataSourceId', 'Data Source', index);
		const type = requiredText(context, 'type', 'Type', index);
		const versionText = requiredText(context, 'version', 'Version', index);
		const name = textParameter(context, 'name', index) || type;
		const given = context.getNodeParameter('schema', index, '');
		const schema = given === '' ? { title: name, display: [] } : given;
		const { body } = await client.request({
			method: 'POST',
			path: '/events',
			body: {
				id: eventTypeId(source, type, versionText),
				source_id: source,
				type,
				version: versionText,
				name,
				schema: objectParameter(context, schema, 'Schema', index),
				is_hidden: 0,
				ttl: 0,
				ttl_mutable: 0,
				priority: 0,
			},
			feature: 'settings/cdp_entities',
			repeatable: false,
		});
		return [(body.event ?? body) as IDataObject];
	}),
};
