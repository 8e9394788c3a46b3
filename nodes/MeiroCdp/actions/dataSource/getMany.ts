import { getMany as getManyOf } from '../../../shared/operation/getMany';
import type { MeiroClient } from '../../api/cdpClient';
import { listDataSources, meiroPages } from '../../api/cdpPages';

/** https://docs.meiro.dev/docs/api/meiro-cdp-api/data-sources */
export const getMany = getManyOf<MeiroClient>({
	description: 'List the data sources that the CDP knows',
	action: 'Get many data sources',
	read: async ({ client, limit }) => await meiroPages(client, listDataSources, 'sources', limit),
});
