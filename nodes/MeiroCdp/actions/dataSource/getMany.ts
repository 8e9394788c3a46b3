import { listDataSources, meiroPages } from '../../api/cdpPages';
import { limit, limitOf, returnAll } from '../../../shared/operation/listFields';
import { forEachItem } from '../../../shared/operation/operation';
import type { CdpOperation } from '../operation';

/** https://docs.meiro.dev/docs/api/meiro-cdp-api/data-sources */
export const getMany: CdpOperation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		description: 'List the data sources that the CDP knows',
		action: 'Get many data sources',
	},
	properties: [returnAll, limit],
	execute: forEachItem(async (context, client, index) => {
		return await meiroPages(client, listDataSources, 'sources', limitOf(context, index));
	}),
};
