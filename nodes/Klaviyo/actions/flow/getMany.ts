import { simplify, sortField } from '../../../shared/operation/fields';
import { archivedFilter, equals, listing, nameContains, since, until } from '../listing';
import { withoutHeaderValues } from './definition';
import { simpleFlow, SPARSE } from './simple';

const STATUSES = { draft: 'Draft', live: 'Live', manual: 'Manual' };
const TRIGGER_TYPES = [
	...['Added to List', 'Date Based', 'Low Inventory'],
	...['Metric', 'Price Drop', 'Unconfigured'],
];

/** https://developers.klaviyo.com/en/reference/get_flows */
export const getMany = listing({
	description: 'List Klaviyo flows',
	action: 'Get many flows',
	filters: [
		archivedFilter,
		since('created', 'Created After', 'createdAfter'),
		until('created', 'Created Before', 'createdBefore'),
		equals('status', {
			displayName: 'Flow Status',
			name: 'flowStatus',
			type: 'options',
			options: Object.entries(STATUSES).map(([value, name]) => ({ name, value })),
			default: 'live',
			description: 'Only Klaviyo flows with this status',
		}),
		nameContains,
		equals('trigger_type', {
			displayName: 'Trigger Type',
			name: 'triggerType',
			type: 'options',
			options: TRIGGER_TYPES.map((value) => ({ name: value, value })),
			default: 'Metric',
			description: 'Only Klaviyo flows that start this way',
		}),
		since('updated', 'Updated After', 'updatedAfter'),
		until('updated', 'Updated Before', 'updatedBefore'),
	],
	sort: sortField(
		{ created: ['Created', 'time'], name: ['Name', 'text'], updated: ['Updated', 'time'] },
		'-created',
	),
	simplify,
	page: '50',
	request: ({ isSimple }) => ({
		path: '/api/flows',
		query: { ...(isSimple && { 'fields[flow]': SPARSE }) },
		scopes: 'flows:read',
	}),
	output: (resource, isSimple) => {
		const flow = withoutHeaderValues(resource);
		return isSimple ? simpleFlow(flow) : flow;
	},
});
