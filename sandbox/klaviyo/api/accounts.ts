// https://developers.klaviyo.com/en/reference/accounts_api_overview
import type { Catalog } from './catalog';
import { notFound } from './errors';
import { SHORT_ID } from './ids';
import { checkId, collection, single } from './listing';
import type { Operation } from './operation';
import { XS } from './rate';

export function accountOperations(catalog: Catalog): Operation[] {
	const read = { scopes: ['accounts:read'], limits: XS };
	return [
		{
			...{ name: 'get_accounts', method: 'GET', path: '/api/accounts', ...read },
			run: (request) => collection(request, [catalog.account()]),
		},
		{
			...{ name: 'get_account', method: 'GET', path: '/api/accounts/{id}', ...read },
			run: (request) => {
				checkId(request.id, SHORT_ID);
				const account = catalog.account();
				if (account.id !== request.id) throw notFound('account', request.id);
				return single(request, account);
			},
		},
	];
}
