import type { IDataObject } from 'n8n-workflow';

import { simplify } from '../../../shared/operation/fields';
import { getMany as getManyOf } from '../../../shared/operation/getMany';
import type { MeiroClient } from '../../api/cdpClient';
import { listEventTypes, meiroPages } from '../../api/cdpPages';

const SIMPLE_FIELDS = ['id', 'source_id', 'type', 'version', 'name', 'description', 'is_hidden'];

/** https://docs.meiro.dev/docs/api/meiro-cdp-api/events */
export const getMany = getManyOf<MeiroClient>({
	description: 'List the event types that the CDP knows',
	action: 'Get many event types',
	simplify,
	read: async ({ client, limit, isSimple }) => {
		const found = await meiroPages(client, listEventTypes, 'events', limit);
		return isSimple ? found.map(simple) : found;
	},
});

function simple(event: IDataObject): IDataObject {
	return Object.fromEntries(SIMPLE_FIELDS.map((field) => [field, event[field]]));
}
