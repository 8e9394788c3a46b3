import type { IDataObject } from 'n8n-workflow';

import { dataSource } from '../fields';
import { forEachItem, objectParameter, requiredText } from '../../../shared/operation/operation';
import type { CdpOperation } from '../operation';
import { eventTypeId } from './eventId';

interface MoreFields {
	description?: string;
	id?: string;
	isHidden?: boolean;
	name?: string;
	priority?: boolean;
	ttl?: number;
	ttlMutable?: boolean;
}

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
		{
			displayName: 'Version',
			name: 'version',
			type: 'string',
			default: '1-0-0',
			required: true,
			description: 'Version that events carry, as text',
		},
		{
			displayName: 'Schema',
			name: 'schema',
			type: 'json',
			default: '{}',
			description: 'JSON schema of the payload',
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
					description: 'What the event means, for people',
				},
				{
					displayName: 'Hidden',
					name: 'isHidden',
					type: 'boolean',
					default: false,
					description: 'Whether the event type is hidden in the CDP',
				},
				{
					displayName: 'ID',
					name: 'id',
					type: 'string',
					default: '',
					placeholder: 'e.g. 870bcfd3-abf0-f6a7-0b2f-577d3997dc21',
					description:
						'Empty: made from data source, type and version, as Meiro’s own example has it',
				},
				{
					displayName: 'Name',
					name: 'name',
					type: 'string',
					default: '',
					placeholder: 'e.g. Placed Order',
					description: 'Name for people. Empty: the type.',
				},
				{
					displayName: 'Priority',
					name: 'priority',
					type: 'boolean',
					default: false,
					description: 'Whether the event type has priority in the CDP',
				},
				{
					displayName: 'Retention (Days)',
					name: 'ttl',
					type: 'number',
					typeOptions: { minValue: 0 },
					default: 0,
					description: 'After how many days Meiro deletes such events, at most 5000. 0: never.',
				},
				{
					displayName: 'Retention Changeable',
					name: 'ttlMutable',
					type: 'boolean',
					default: false,
					description: 'Whether the retention may be changed later',
				},
			],
		},
	],
	execute: forEachItem(async (context, client, index) => {
		const more = context.getNodeParameter('additionalFields', index, {}) as MoreFields;
		const source = requiredText(context, 'dataSource', 'Data Source', index);
		const type = requiredText(context, 'type', 'Type', index);
		const version = requiredText(context, 'version', 'Version', index);
		const schema = context.getNodeParameter('schema', index, '{}');
		const { body } = await client.request({
			method: 'POST',
			path: '/events',
			body: {
				id: more.id?.trim() || eventTypeId(source, type, version),
				source_id: source,
				type,
				version,
				name: more.name?.trim() || type,
				...(more.description === undefined ? {} : { description: more.description }),
				schema: objectParameter(context, schema, 'Schema', index),
				is_hidden: Number(more.isHidden ?? false),
				ttl: more.ttl ?? 0,
				ttl_mutable: Number(more.ttlMutable ?? false),
				priority: Number(more.priority ?? false),
			},
			feature: 'settings/cdp_entities',
			repeatable: false,
		});
		return [(body.event ?? body) as IDataObject];
	}),
};
