import { byId } from '../../support/byId';
import type { ContractRow } from './row';

const ID = 'Y6nRLr';
const PROFILE = '01GDDKASAP8TKDDA2GRZDSVP4H';
const members = `/api/lists/${ID}/relationships/profiles`;
const parameters = { listId: byId(ID) };
const getMany = { resource: 'list', operation: 'getAll', requests: ['GET /api/lists'] };
const getProfiles = {
	resource: 'list',
	operation: 'getProfiles',
	requests: [`GET /api/lists/${ID}/profiles`],
};
const items = [{ klaviyo_id: PROFILE }, { profile: { klaviyo_id: '01GDDKASAP8TKDDA2GRZDSVP4I' } }];

export const listRows: ContractRow[] = [
	{
		resource: 'list',
		operation: 'countProfiles',
		parameters,
		requests: [`GET /api/lists/${ID}/profiles`],
	},
	{
		resource: 'list',
		operation: 'create',
		parameters: { listName: 'Newsletter' },
		requests: ['POST /api/lists'],
	},
	getMany,
	{
		...getMany,
		variant: 'everything, raw',
		parameters: {
			returnAll: true,
			simplify: false,
			filters: {
				createdAfter: '2031-01-01T00:00:00',
				name: 'The "best" \\ customers',
				updatedAfter: '2031-01-01T00:00:00',
			},
			sort: '-updated',
		},
	},
	{ ...getProfiles, parameters },
	{
		...getProfiles,
		variant: 'everything',
		parameters: {
			...parameters,
			returnAll: true,
			includeSubscriptions: true,
			filters: {
				email: 'ana@shop.example',
				joinedAfter: '2031-01-01T00:00:00',
				joinedBefore: '2031-12-31T00:00:00',
				phoneNumber: '+420600000001',
			},
			sort: 'joined_group_at',
		},
	},
	{ ...getProfiles, variant: 'raw', parameters: { ...parameters, simplify: false } },
	{ resource: 'list', operation: 'addProfiles', parameters, items, requests: [`POST ${members}`] },
	{
		resource: 'list',
		operation: 'removeProfiles',
		parameters,
		items,
		requests: [`DELETE ${members}`],
	},
];
