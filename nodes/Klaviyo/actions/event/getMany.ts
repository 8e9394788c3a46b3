import { locator, sortField } from '../../../shared/operation/fields';
import { textParameter } from '../../../shared/operation/operation';
import { condition } from '../../api/filter';
import { equals, listing, since, until } from '../listing';
import { identifierField, LABELS } from '../profile/identifiers';
import {
	accountField,
	eventOutput,
	eventScopes,
	SIMPLE_EVENT_QUERY,
	simplifyEvent,
} from './simple';

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
		accountField,
	],
	filters: [
		equals('profile_id', identifierField('klaviyo_id')),
		since('datetime', 'Since', 'since'),
		until('datetime', 'Until', 'until'),
	],
	sort: sortField({ datetime: ['Time', 'time'] }, '-datetime'),
	simplify: simplifyEvent,
	page: '1000',
	conditions: ({ context, index }) => [
		condition('equals', 'metric_id', textParameter(context, 'metricId', index)),
	],
	request: ({ isSimple }) => ({
		path: '/api/events',
		query: isSimple ? SIMPLE_EVENT_QUERY : {},
		scopes: eventScopes(isSimple),
		labels: { filter: `Metric, ${LABELS.klaviyo_id}, Since and Until` },
	}),
	output: eventOutput,
});
