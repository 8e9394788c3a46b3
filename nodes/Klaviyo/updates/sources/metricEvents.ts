import type { IDataObject } from 'n8n-workflow';

import { condition, filterOf } from '../../api/filter';
import { timeOf } from '../../../shared/event/time';
import { attributesOf, metricEvent } from '../../normalise/apiResource';
import type { UpdateRecord, UpdateSource } from '../record';
import { newestOf, recordsOf, type SourceContext } from './context';

/** Events of one metric: https://developers.klaviyo.com/en/reference/get_events */
export function metricEvents(
	context: SourceContext,
	metric: { id: string; name: string },
	choice: string,
): UpdateSource {
	const recordOf = (resource: IDataObject): UpdateRecord => ({
		key: String(resource.id),
		time: timeOf(attributesOf(resource).datetime),
		event: () => metricEvent(resource, metric.name, context),
	});
	const request = (sort: string, since?: Date) => ({
		path: '/api/events',
		query: {
			...filterOf([
				condition('equals', 'metric_id', metric.id),
				condition('greater-or-equal', 'datetime', since),
			]),
			sort,
			include: 'attributions,profile',
			'page[size]': '1000',
		},
		scopes: 'events:read and profiles:read',
	});
	return {
		id: `metric:${metric.id}`,
		choice,
		moves: false,
		pages: (from) => recordsOf(context, request('datetime', new Date(from)), recordOf),
		newest: async (limit) => await newestOf(context, request('-datetime'), recordOf, limit),
	};
}
