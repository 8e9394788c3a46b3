// A polling trigger as n8n runs it: n8n-core's own executor and PollContext, and n8n's way of saving static data.
import 'reflect-metadata';

import {
	LoadOptionsContext,
	PollContext,
	PollTriggerExecutor,
	TriggersAndPollers,
	WorkflowExecute,
} from 'n8n-core';
import {
	Workflow,
	type IDataObject,
	type INode,
	type INodeExecutionData,
	type INodePropertyOptions,
	type IRun,
} from 'n8n-workflow';

import type { KlaviyoEvent } from '../../../nodes/shared/event/contract';
import { resetProcessState } from '../../../nodes/shared/processState';
import { additionalDataOf, MemoryCredentials, nodeOf, nodeTypes } from './engine';

export interface PollingSetup {
	credentials: MemoryCredentials;
	parameters: IDataObject;
	/** How long n8n lets a poll take; default n8n's own. */
	budgetMs?: number;
	/** An n8n that lets no poll start executions before its end. */
	isOld?: boolean;
	/** What becomes of an execution that a poll started; default: it is done at once. */
	execute?: Execute;
}

export type Execute = (
	events: KlaviyoEvent[],
	done: { resolve(run: IRun | undefined): void; reject(error: Error): void },
	saved: string | undefined,
) => void;

/** All that a trigger looks at: that there was a run. */
export const RUN = { finished: true } as unknown as IRun;

/** One published Klaviyo Updates Trigger. */
export class PollingTrigger {
	/** What stands in n8n's database. */
	saved: string | undefined;
	/** What polls failed with, in order. */
	failures: Error[] = [];
	/** What was handed on, by execution. */
	executions: KlaviyoEvent[][] = [];
	private workflow: Workflow;

	constructor(private readonly setup: PollingSetup) {
		resetProcessState();
		this.workflow = this.load();
	}

	/** n8n starts anew with what it had saved, in the way it publishes: with a poll whose state it saves. */
	async publish(): Promise<KlaviyoEvent[]> {
		this.workflow = this.load();
		const events = await this.run(true);
		this.save();
		return events;
	}

	/** A poll when its time has come: the state is saved only when there is something to hand on. */
	async poll(): Promise<KlaviyoEvent[]> {
		return await this.run(false);
	}

	/** n8n dies; what it had not saved is gone. */
	restart(): void {
		resetProcessState();
		this.workflow = this.load();
	}

	/** The user changes parameters and publishes. */
	async change(parameters: IDataObject): Promise<KlaviyoEvent[]> {
		Object.assign(this.setup.parameters, parameters);
		return await this.publish();
	}

	/** Execute step in the editor. */
	async test(): Promise<KlaviyoEvent[]> {
		const node = this.node();
		const execution = new WorkflowExecute(additionalDataOf(this.setup.credentials), 'manual', {
			version: 1,
			startData: {},
			resultData: { runData: {} },
			executionData: {
				contextData: {},
				metadata: {},
				waitingExecution: {},
				waitingExecutionSource: null,
				nodeExecutionStack: [{ node, data: { main: [[{ json: {} }]] }, source: null }],
			},
		} as never);
		const run = (await execution.processRunExecutionData(this.workflow)) as IRun;
		const { runData, error } = run.data.resultData;
		if (error) throw error as unknown as Error;
		return jsonOf(runData[node.name]?.[0]?.data?.main ?? []);
	}

	/** Opens a dropdown. */
	async options(method: string): Promise<INodePropertyOptions[]> {
		const node = this.node();
		const additional = additionalDataOf(this.setup.credentials);
		const context = new LoadOptionsContext(this.workflow, node, additional, '');
		return await nodeTypes
			.getByNameAndVersion(node.type)
			.methods!.loadOptions![method]!.call(context);
	}

	/** What the node remembers, as it would be saved. */
	get state(): IDataObject {
		const all = JSON.parse(JSON.stringify(this.workflow.staticData)) as Record<string, IDataObject>;
		return (all['node:Updates'] ?? {}).state as IDataObject;
	}

	private async run(isPublishing: boolean): Promise<KlaviyoEvent[]> {
		const emitted: INodeExecutionData[][][] = [];
		const node = this.node();
		const { budgetMs, isOld, execute = (_, done) => done.resolve(RUN) } = this.setup;
		const context = new PollContext(
			this.workflow,
			node,
			additionalDataOf(this.setup.credentials),
			'trigger',
			'update',
			(data, _, done) => {
				emitted.push(data);
				this.executions.push(jsonOf(data));
				// n8n begins to save before it stores the execution.
				this.save();
				if (done !== undefined) execute(jsonOf(data), done as never, this.saved);
			},
			(error) => void this.failures.push(error),
			undefined,
			undefined,
			undefined,
			budgetMs === undefined ? undefined : () => budgetMs,
		);
		const executor = executorOf(isOld === true ? new OldPollers() : new TriggersAndPollers());
		await executor.create(this.workflow, node, context, () => true)(isPublishing);
		return emitted.flatMap(jsonOf);
	}

	private node(): INode {
		return this.workflow.getNode('Updates')!;
	}

	private save(): void {
		this.saved = JSON.stringify(this.workflow.staticData);
	}

	private load(): Workflow {
		return new Workflow({
			id: 'wf',
			active: true,
			nodeTypes,
			nodes: [
				nodeOf('Updates', 'klaviyoUpdatesTrigger', 1, this.setup.parameters, {
					credentials: { klaviyoPrivateKeyApi: { id: 'api', name: 'Klaviyo' } },
				}),
			],
			connections: {},
			settings: { executionOrder: 'v1' },
			staticData: this.saved === undefined ? undefined : (JSON.parse(this.saved) as IDataObject),
		});
	}
}

const silent = { scoped: () => silent, debug() {}, error() {}, warn() {}, info() {} };
const untraced = async (_: unknown, run: (span: { setStatus(): void }) => Promise<unknown>) =>
	await run({ setStatus() {} });

/** Before n8n let polls start executions, or told how long they may take. */
class OldPollers extends TriggersAndPollers {
	override async runPollFunction(...[workflow, node, context]: RunPollFunction) {
		const missing = { __emit: { value: undefined }, getPollBudgetMs: { value: undefined } };
		return await super.runPollFunction(workflow, node, Object.create(context, missing) as never);
	}
}

type RunPollFunction = Parameters<TriggersAndPollers['runPollFunction']>;

/** n8n-core's own; only who logs and traces is missing. */
const executorOf = (pollers: TriggersAndPollers) =>
	new PollTriggerExecutor(
		silent as never,
		pollers,
		{
			startSpan: untraced,
			startNewTraceSpan: untraced,
			pickWorkflowAttributes: () => ({}),
			pickNodeAttributes: () => ({}),
		} as never,
		silent as never,
	);

function jsonOf(data: Array<INodeExecutionData[] | null>): KlaviyoEvent[] {
	return data.flatMap((items) => (items ?? []).map(({ json }) => json as unknown as KlaviyoEvent));
}
