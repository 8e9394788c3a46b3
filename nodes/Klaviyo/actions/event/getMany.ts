import type { IDataObject } from 'n8n-workflow';

import { jsonOfItem } from '../../../shared/event/contract';
import { locator, simplify, sortField, textField } from '../../../shared/operation/fields';
import { textParameter } from '../../../shared/operation/operation';
import { condition } from '../../api/filter';
import { metricEvent } from '../../normalise/apiResource';
import { equals, listing, since, until } from '../listing';
import { attributesOf } from '../operation';
import { identifierField, LABELS } from '../profile/identifiers';
import { profileQuery } from '../profile/simplify';

/**
 * https://developers.klaviyo.com/en/reference/get_events: pages of 1,000 at most, as its parameter has it; the
 * description's 200 is the default
 */
export const getMany = listing({
	description: 'Get events of the account, of one metric or one profile',
	action: 'Get many events',
	of: [
		locator(
			'Metric',
			'metricId',
			'searchMetrics',
			'Only events of this metric. Klaviyo does not take custom metrics here. Empty: of all.',
			{ required: false },
		),
		{
			...textField(
				'Account',
				'account',
				'e.g. shop-cz',
				'Label of the Klaviyo account: the same as in the triggers, as it is part of an event’s ID',
			),
			displayOptions: { show: { simplify: [true] } },
		},
	],
	filters: [
		equals('profile_id', identifierField('klaviyo_id')),
		since('datetime', 'Since', 'since'),
		until('datetime', 'Until', 'until'),
	],
	sort: sortField({ datetime: ['Time', 'time'] }, '-datetime'),
	simplify: {
		...simplify,
		hint: 'Simplified, an event is as our triggers emit it, so that Meiro Events takes it as it is',
	},
	page: '1000',
	conditions: ({ context, index }) => [
		condition('equals', 'metric_id', textParameter(context, 'metricId', index)),
	],
	request: ({ isSimple }) => ({
		path: '/api/events',
		query: isSimple ? SIMPLE_QUERY : {},
		scopes: isSimple ? 'events:read, metrics:read and profiles:read' : 'events:read',
		labels: { filter: `Metric, ${LABELS.klaviyo_id}, Since and Until` },
	}),
	output: (resource, isSimple, { context, index }) =>
		isSimple
			? jsonOfItem(
					metricEvent(resource, metricNameOf(resource), {
						account: textParameter(context, 'account', index) || null,
						readAt: new Date().toISOString(),
						via: 'import',
					}),
				)
			: resource,
});

/**
 * A fieldset of the event itself would take its relationships away (recorded), and with them who did it and
 * which metric it belongs to.
 */
const SIMPLE_QUERY = {
	...profileQuery(true),
	include: 'attributions,metric,profile',
	'fields[metric]': 'name',
};

function metricNameOf(resource: IDataObject): string {
	const included = (resource.included ?? []) as IDataObject[];
	const metric = included.find(({ type }) => type === 'metric');
	return String(metric === undefined ? '' : attributesOf(metric).name);
}
