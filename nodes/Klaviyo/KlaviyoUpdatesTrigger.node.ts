import {
	NodeConnectionTypes,
	type IDataObject,
	type ILoadOptionsFunctions,
	type INodeExecutionData,
	type INodePropertyOptions,
	type INodeType,
	type INodeTypeDescription,
	type IPollFunctions,
} from 'n8n-workflow';

import { jsonOfItem, type KlaviyoEvent } from '../shared/event/contract';
import { processState } from '../shared/processState';
import { searchOf, type Listed } from './api/klaviyoLookups';
import { newestEvents, poll } from './updates/poll';
import { updateProperties } from './updates/updatesProperties';

/** n8n begins a poll though the one before is not over yet; both would read and emit the same. */
const running = processState(() => new Set<string>());

function optionsOf(kind: Listed) {
	return async function options(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
		return (await searchOf(kind).call(this)).results;
	};
}

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
			getLists: optionsOf('lists'),
			getMetrics: optionsOf('metrics'),
			getSegments: optionsOf('segments'),
		},
	};

	async poll(this: IPollFunctions): Promise<INodeExecutionData[][] | null> {
		if (this.getMode() === 'manual') return itemsOf(await newestEvents(this));
		const key = `${this.getWorkflow().id} ${this.getNode().id}`;
		if (running().has(key)) return null;
		running().add(key);
		try {
			const data = this.getWorkflowStaticData('node');
			const { events, state, failures } = await poll(this, data.state);
			// In one go and at the very end: n8n saves what stands here as soon as it has the events.
			data.state = state as unknown as IDataObject;
			// A failed poll is seen; but first what others found is handed on.
			const [failure] = failures;
			if (failure !== undefined && events.length === 0) throw failure;
			return itemsOf(events);
		} finally {
			running().delete(key);
		}
	}
}

/** Null starts no execution. */
function itemsOf(events: KlaviyoEvent[]): INodeExecutionData[][] | null {
	return events.length === 0 ? null : [events.map((event) => ({ json: jsonOfItem(event) }))];
}
