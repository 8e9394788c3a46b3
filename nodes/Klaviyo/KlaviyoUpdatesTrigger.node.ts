import {
	NodeConnectionTypes,
	type IDataObject,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';

import { runtimeOf } from '../shared/http/runtime';
import { processState } from '../shared/processState';
import { dropdownOf } from './api/klaviyoLookups';
import { canHandOver, HandOver, itemsOf } from './updates/handOver';
import { deadlineOf, newestEvents, poll } from './updates/poll';
import type { NodeState } from './updates/state';
import { updateProperties } from './updates/updatesProperties';

/**
 * n8n begins a poll though the one before is not over yet; both would read and emit the same. By node, until when
 * others stay away, on the clock for durations.
 */
const running = processState(() => new Map<string, { until: number }>());
/** Nodes that were polled: the first poll after publishing or a restart is one that somebody waits for. */
const polled = processState(() => new Set<string>());
/** Executions that a poll left running hold up the next ones so long, at most. */
const LONGEST_WAIT_MS = 3_600_000;

export class KlaviyoUpdatesTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Klaviyo Updates Trigger',
		name: 'klaviyoUpdatesTrigger',
		icon: { light: 'file:klaviyo.svg', dark: 'file:klaviyo.dark.svg' },
		group: ['trigger'],
		version: 1,
		subtitle: '={{ $parameter["events"].length }} kinds of events',
		description:
			'Asks Klaviyo for what no Klaviyo flow can send, e.g. changed profiles or opened emails',
		defaults: { name: 'Klaviyo Updates Trigger' },
		polling: true,
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'klaviyoPrivateKeyApi', required: true }],
		properties: updateProperties,
	};

	methods = {
		loadOptions: {
			getLists: dropdownOf('lists'),
			getMetrics: dropdownOf('metrics'),
			getSegments: dropdownOf('segments'),
		},
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		if (this.getMode() === 'manual') {
			const newest = await newestEvents(this);
			return newest.length === 0 ? null : itemsOf(newest);
		}
		const key = `${this.getWorkflow().id} ${this.getNode().id}`;
		const clock = runtimeOf(this);
		if ((running().get(key)?.until ?? 0) > clock.now()) return null;
		const turn = { until: Number.POSITIVE_INFINITY };
		running().set(key, turn);
		const isFirst = !polled().has(key);
		polled().add(key);

		const data = this.getWorkflowStaticData('node');
		// In one go and at the very end: n8n saves what stands here as soon as it has the events.
		const keep = (state: NodeState) => {
			data.state = state as unknown as IDataObject;
		};
		const isTimeUp = deadlineOf(this, clock);
		const handOver =
			canHandOver(this) && !isFirst ? new HandOver(this, clock, isTimeUp, keep) : null;
		try {
			const { events, state, failures } = await poll(this, data.state, isTimeUp, handOver);
			if (handOver !== null && !(await handOver.close())) return null;
			keep(state);
			// A failed poll is seen; but first what others found is handed on.
			const [failure] = failures;
			if (failure !== undefined && events.length === 0) throw failure;
			// Null starts no execution.
			return events.length === 0 ? null : itemsOf(events);
		} finally {
			turn.until = clock.now() + LONGEST_WAIT_MS;
			const end = () => {
				if (running().get(key) === turn) running().delete(key);
			};
			if (handOver === null || handOver.isIdle) end();
			else void handOver.idle().then(end);
		}
	}
}
