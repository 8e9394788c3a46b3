import { byId } from '../../support/byId';
import type { ContractRow } from './row';

const ID = 'Y6nRLr';
const parameters = { segmentId: byId(ID) };
const getMany = { resource: 'segment', operation: 'getAll', requests: ['GET /api/segments'] };
const getProfiles = {
	resource: 'segment',
	operation: 'getProfiles',
	requests: [`GET /api/segments/${ID}/profiles`],
};

export const segmentRows: ContractRow[] = [
	{
		resource: 'segment',
		operation: 'countProfiles',
		parameters,
		requests: [`GET /api/segments/${ID}/profiles`],
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
				isActive: true,
				isStarred: false,
				name: 'VIP',
				updatedAfter: '2031-01-01T00:00:00',
			},
			sort: '-created',
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
];
