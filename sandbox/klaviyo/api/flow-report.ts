// https://developers.klaviyo.com/en/reference/query_flow_values
import type { Catalog } from './catalog';
import type { FlowStore } from './flow-store';
import { inventId } from './ids';
import type { Operation } from './operation';
import { REPORT as LIMITS } from './rate';
import type { Report, Sent } from './report';
import { valuesReport } from './report';

const REPORT: Report = {
	type: 'flow-values-report',
	groups: ['flow_id', 'flow_message_id', 'send_channel'],
	required: ['flow_id', 'flow_message_id'],
	related: { name: 'flows', type: 'flow', id: 'flow_id' },
};

/** A message that a flow sent, and what it reached. */
export interface NewFlowMessage {
	flow_id: string;
	/** Default 'Email #1'. */
	name?: string;
	/** Default email. */
	send_channel?: 'email' | 'sms' | 'push-notification' | 'whatsapp';
	/** Default now. */
	sent?: Date;
	/** `{ opens: 12 }`; 0 for what is not here. */
	statistics?: Record<string, number>;
}

export interface FlowReports {
	flows: FlowStore;
	messages: NewFlowMessage[];
	catalog: Catalog;
	now: () => Date;
}

export function flowReportOperation(given: FlowReports): Operation {
	return {
		...{ name: 'query_flow_values', method: 'POST', path: '/api/flow-values-reports' },
		...{ scopes: ['flows:read'], limits: LIMITS },
		run: (request) => {
			const sent = given.messages.map((message) => sentOf(message, given));
			return valuesReport(request, sent, REPORT, given);
		},
	};
}

// What a deleted flow is called in a report is not documented: it has no name here.
function sentOf(message: NewFlowMessage, { flows, now }: FlowReports): Sent {
	const { flow_id, name = 'Email #1', send_channel = 'email' } = message;
	const flow = flows.list().find(({ id }) => id === flow_id);
	return {
		at: message.sent ?? now(),
		groupings: {
			...{ flow_id, flow_name: flow?.name ?? null, send_channel },
			...{ flow_message_id: inventId(`message ${flow_id} ${name}`), flow_message_name: name },
		},
		statistics: message.statistics ?? {},
	};
}
