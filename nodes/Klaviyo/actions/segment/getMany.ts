import type { INodeProperties } from 'n8n-workflow';

import { groupListing } from '../groupListing';
import { equals } from '../listing';

const flag = (displayName: string, name: string, description: string): INodeProperties => ({
	displayName,
	name,
	type: 'boolean',
	default: true,
	description,
});

export const getMany = groupListing({
	type: 'segment',
	description: 'Get the segments of the account',
	action: 'Get many segments',
	fields: ['name', 'is_active', 'is_processing', 'is_starred', 'created', 'updated'],
	filters: [
		equals(
			'is_active',
			flag('Active', 'isActive', 'Whether to get active segments only, or only those that are not'),
		),
		equals(
			'is_starred',
			flag(
				'Starred',
				'isStarred',
				'Whether to get starred segments only, or only those that are not',
			),
		),
	],
});
