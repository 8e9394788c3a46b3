import { getGroups, groupFields } from '../groupListing';
import type { KlaviyoOperation } from '../operation';

export const getMany: KlaviyoOperation = {
	option: {
		name: 'Get Many',
		value: 'getAll',
		description: 'Get the segments of the account',
		action: 'Get many segments',
	},
	properties: groupFields('segments', [
		{
			displayName: 'Active',
			name: 'is_active',
			type: 'boolean',
			default: true,
			description: 'Whether to get active segments only, or only those that are not',
		},
		{
			displayName: 'Starred',
			name: 'is_starred',
			type: 'boolean',
			default: true,
			description: 'Whether to get starred segments only, or only those that are not',
		},
	]),
	execute: getGroups({
		type: 'segment',
		fields: ['name', 'is_active', 'is_processing', 'is_starred', 'created', 'updated'],
		flags: ['is_active', 'is_starred'],
	}),
};
