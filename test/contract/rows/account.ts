import type { ContractRow } from './row';

export const accountRows: ContractRow[] = [
	{ resource: 'account', operation: 'get', requests: ['GET /api/accounts'] },
];
