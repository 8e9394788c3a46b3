import type {
	FlowCreateQuery,
	FlowDefinition,
	SendWebhookAction,
	TimeDelayAction,
} from 'klaviyo-api';

import type { Wire } from '../../api/wire';
import type { Delay, FlowStart } from '../recipes';
import { actionNameOf, marksOf } from './flowMarks';

type Definition = Wire<FlowDefinition>;

/** A Klaviyo flow as the user wants it. */
export interface WantedFlow {
	/** The trigger's webhook id: stands in the webhook's URL and, shortened, in the flow's name. */
	marker: string;
	name: string;
	startsFrom: FlowStart;
	/** Id of the metric, list or segment; name of the profile property for dates. */
	startId: string;
	/** HH:MM, when a date flow starts its day. */
	triggerTime: string;
	delay: Delay | null;
	/** Metric that takes a person out of the flow when it happens after the start; null for none. */
	exitMetricId: string | null;
	webhook: { url: string; headers: Record<string, string> };
	/** The webhook's body, which names the delay that lies before it. */
	bodyAfter(delay: Delay | null): string;
	status: 'draft' | 'live';
	/** What the user lets publishing do to flows that are live, or that call another n8n. */
	may: { replaceFlow: boolean; takeOver: boolean };
}

const DELAY_ID = 'delay';
const WEBHOOK_ID = 'webhook';

/** Body of Create Flow (https://developers.klaviyo.com/en/reference/create_flow), revision 2026-07-15. */
export function createFlowBody(wanted: WantedFlow): Wire<FlowCreateQuery> {
	const webhook: Wire<SendWebhookAction> = {
		temporary_id: WEBHOOK_ID,
		type: 'send-webhook',
		links: { next: null as never },
		data: {
			message: {
				...wanted.webhook,
				body: wanted.bodyAfter(wanted.delay),
				name: actionNameOf({ formerStatus: null, setLive: false, marks: marksOf(wanted) }),
			},
			status: 'draft',
		},
	};
	const delay: Wire<TimeDelayAction> | null = wanted.delay && {
		temporary_id: DELAY_ID,
		type: 'time-delay',
		links: { next: WEBHOOK_ID },
		data: { unit: wanted.delay.unit, value: wanted.delay.value },
	};
	return {
		data: {
			type: 'flow',
			attributes: {
				name: wanted.name,
				definition: {
					triggers: [triggerOf(wanted)],
					profile_filter: profileFilterOf(wanted),
					actions: delay === null ? [webhook] : [delay, webhook],
					entry_action_id: delay === null ? WEBHOOK_ID : DELAY_ID,
					// Left out, it means that nobody enters a second time, ever.
					reentry_criteria: { duration: 0, unit: 'alltime' },
				} as Definition,
			},
		},
	};
}

function triggerOf(wanted: WantedFlow): Definition['triggers'][number] {
	const { startsFrom, startId, triggerTime } = wanted;
	switch (startsFrom) {
		case 'metric':
		case 'list':
		case 'segment':
			return { type: startsFrom, id: startId };
		case 'date':
			return {
				type: 'date',
				date_field_type: 'profile-property',
				date_profile_property: startId,
				timedelta_unit_before_date: 'days',
				timedelta_value_before_date: 0,
				// Klaviyo's default is monthly: a birthday card every month.
				recurrence_frequency: 'annually',
				timezone: 'profile',
				trigger_time: `${triggerTime}:00`,
			};
	}
}

/** Out of the flow goes who has done it since the flow's start, e.g. ordered. */
function profileFilterOf({ exitMetricId }: WantedFlow): Definition['profile_filter'] {
	if (exitMetricId === null) return null;
	return {
		condition_groups: [
			{
				conditions: [
					{
						type: 'profile-metric',
						metric_id: exitMetricId,
						measurement: 'count',
						measurement_filter: { type: 'numeric', operator: 'equals', value: 0 },
						timeframe_filter: { type: 'date', operator: 'flow-start' },
					},
				],
			},
		],
	} as Definition['profile_filter'];
}

/** The part of the marker that stands in names: enough to search by, short enough to read. */
export function nameMarker(marker: string): string {
	return marker.slice(0, 8);
}
