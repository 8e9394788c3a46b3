// The real engine of n8n (n8n-core) around the nodes of this package, without an n8n process.
import 'reflect-metadata';

import { EventEmitter } from 'node:events';

import {
	ExecutionLifecycleHooks,
	HookContext,
	LoadOptionsContext,
	WebhookContext,
	WorkflowExecute,
} from 'n8n-core';
import {
	NodeHelpers,
	Workflow,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IHttpRequestOptions,
	type INode,
	type INodePropertyOptions,
	type INodeExecutionData,
	type INodeType,
	type INodeTypes,
	type IRun,
	type IWebhookData,
	type IWebhookResponseData,
	type IWorkflowExecuteAdditionalData,
} from 'n8n-workflow';

import { KlaviyoPrivateKeyApi } from '../../../credentials/KlaviyoPrivateKeyApi.credentials';
import { KlaviyoWebhookApi } from '../../../credentials/KlaviyoWebhookApi.credentials';
import { MeiroCdpApi } from '../../../credentials/MeiroCdpApi.credentials';
import { MeiroEventsApi } from '../../../credentials/MeiroEventsApi.credentials';
import { Klaviyo } from '../../../nodes/Klaviyo/Klaviyo.node';
import { KlaviyoTrigger } from '../../../nodes/Klaviyo/KlaviyoTrigger.node';
import { KlaviyoUpdatesTrigger } from '../../../nodes/Klaviyo/KlaviyoUpdatesTrigger.node';
import { MeiroCdp } from '../../../nodes/MeiroCdp/MeiroCdp.node';
import { MeiroEvents } from '../../../nodes/MeiroEvents/MeiroEvents.node';
import { unknownParameters } from '../../support/parameters';

/** Hands on what it gets: stands where a workflow starts and where each output of the node under test ends. */
class Passthrough implements INodeType {
	description = {
		displayName: 'Passthrough',
		name: 'passthrough',
		group: ['transform'],
		version: 1,
		description: 'Passes items on',
		defaults: { name: 'Passthrough' },
		inputs: ['main'],
		outputs: ['main'],
		properties: [],
	} as unknown as INodeType['description'];

	async execute(this: { getInputData(): INodeExecutionData[] }): Promise<INodeExecutionData[][]> {
		return [this.getInputData()];
	}
}

const TYPES: Record<string, INodeType> = {
	klaviyo: new Klaviyo(),
	klaviyoTrigger: new KlaviyoTrigger(),
	klaviyoUpdatesTrigger: new KlaviyoUpdatesTrigger(),
	meiroCdp: new MeiroCdp(),
	meiroEvents: new MeiroEvents(),
	passthrough: new Passthrough() as unknown as INodeType,
};

export const nodeTypes = {
	getByName: (type: string) => TYPES[type],
	getByNameAndVersion: (type: string, version?: number) =>
		NodeHelpers.getVersionedNodeType(TYPES[type]!, version),
	getKnownTypes: () => ({}),
} as unknown as INodeTypes;

const CREDENTIAL_TYPES = {
	klaviyoPrivateKeyApi: new KlaviyoPrivateKeyApi(),
	klaviyoWebhookApi: new KlaviyoWebhookApi(),
	meiroCdpApi: new MeiroCdpApi(),
	meiroEventsApi: new MeiroEventsApi(),
};

export type Credentials = Partial<
	Record<keyof typeof CREDENTIAL_TYPES, ICredentialDataDecryptedObject>
>;

/** n8n's credentials helper with the credentials in memory: what is asked and how often can be read. */
export class MemoryCredentials {
	reads = 0;

	constructor(public data: Credentials) {}

	async getDecrypted(
		_: unknown,
		__: unknown,
		type: string,
	): Promise<ICredentialDataDecryptedObject> {
		this.reads++;
		const found = this.data[type as keyof Credentials];
		if (!found) throw new Error(`Credential ${type} can't be read`);
		return found;
	}

	async authenticate(
		data: ICredentialDataDecryptedObject,
		type: string,
		options: IHttpRequestOptions,
	): Promise<IHttpRequestOptions> {
		const credential = CREDENTIAL_TYPES[type as keyof typeof CREDENTIAL_TYPES];
		return 'authenticate' in credential ? await credential.authenticate(data, options) : options;
	}

	async preAuthentication(): Promise<unknown> {
		return undefined;
	}
	async runPreAuthentication() {}
	isCredentialUsableByNode() {
		return true;
	}
	getParentTypes() {
		return [];
	}
	getCredentialsProperties() {
		return [];
	}
}

export function additionalDataOf(credentials: MemoryCredentials): IWorkflowExecuteAdditionalData {
	return {
		hooks: new ExecutionLifecycleHooks('trigger', '1', {
			id: 'wf',
			name: 'wf',
			nodes: [],
			connections: {},
		} as never),
		credentialsHelper: credentials,
		executionId: '1',
		webhookBaseUrl: 'https://n8n.example/webhook',
		webhookTestBaseUrl: 'https://n8n.example/webhook-test',
		restApiUrl: '',
		instanceBaseUrl: '',
		formWaitingBaseUrl: '',
		webhookWaitingBaseUrl: '',
		variables: {},
		setExecutionStatus() {},
		logAiEvent() {},
	} as unknown as IWorkflowExecuteAdditionalData;
}

export function nodeOf(
	name: string,
	type: string,
	version: number,
	parameters: IDataObject,
	more: Partial<INode> = {},
): INode {
	// n8n would take the default for it in silence, and the test would show something else than it says.
	const described = TYPES[type]?.description.properties ?? [];
	// Attacks bring choices and names that there are none of on purpose.
	const unknown = unknownParameters(described, parameters).filter(
		(path) => !/: |[*[]|__|(^|\.)(constructor|prototype|toString|hasOwnProperty)/.test(path),
	);
	if (unknown.length > 0) throw new Error(`${type} has no parameter ${unknown.join(', ')}`);
	return {
		id: name,
		name,
		type,
		typeVersion: version,
		position: [0, 0],
		parameters: parameters as INode['parameters'],
		...more,
	};
}

export interface Executed {
	run: IRun;
	/** Items on the node's first output. */
	main: INodeExecutionData[];
	/** Items on the node's second declared output, as Not Delivered, when it has one. */
	second: INodeExecutionData[];
	/** Items on the node's error output, when it has one. */
	error: INodeExecutionData[];
	/** What the execution failed with. */
	failure?: Error;
}

/** Called with the running execution, e.g. to cancel it. */
export type OnStart = (done: { cancel(): void }) => void;

/** Runs start → the node → one node behind each output, as n8n would. Items are the node's own, as it paired them. */
export async function executeNode(
	node: INode,
	items: INodeExecutionData[],
	credentials: MemoryCredentials,
	options: { timezone?: string; onStart?: OnStart; timeoutSeconds?: number } = {},
): Promise<Executed> {
	const main = (name: string) => [{ node: name, type: 'main' as const, index: 0 }];
	const { outputs: declared } = nodeTypes.getByNameAndVersion(node.type).description;
	const outputCount = Array.isArray(declared) ? declared.length : 1;
	const workflow = new Workflow({
		id: 'wf',
		active: false,
		nodeTypes,
		nodes: [
			nodeOf('Start', 'passthrough', 1, {}),
			node,
			nodeOf('Done', 'passthrough', 1, {}),
			nodeOf('Failed', 'passthrough', 1, {}),
		],
		connections: {
			Start: { main: [main(node.name)] },
			[node.name]: {
				main: [
					...Array.from({ length: outputCount }, () => main('Done')),
					...(node.onError === 'continueErrorOutput' ? [main('Failed')] : []),
				],
			},
		},
		settings: {
			executionOrder: 'v1',
			timezone: options.timezone ?? 'UTC',
			...(options.timeoutSeconds === undefined ? {} : { executionTimeout: options.timeoutSeconds }),
		},
	});
	const execution = new WorkflowExecute(additionalDataOf(credentials), 'trigger', {
		version: 1,
		startData: {},
		resultData: { runData: {} },
		executionData: {
			contextData: {},
			metadata: {},
			waitingExecution: {},
			waitingExecutionSource: null,
			nodeExecutionStack: [
				{ node: workflow.getNode('Start')!, data: { main: [items] }, source: null },
			],
		},
	} as never);
	const done = execution.processRunExecutionData(workflow);
	options.onStart?.(done as unknown as { cancel(): void });
	const run = (await done) as IRun;
	const { runData, error } = run.data.resultData;
	const outputs = runData[node.name]?.[0]?.data?.main ?? [];
	return {
		run,
		main: outputs[0] ?? [],
		second: outputCount > 1 ? (outputs[1] ?? []) : [],
		error: outputs[outputCount] ?? [],
		...(error ? { failure: error as unknown as Error } : {}),
	};
}

/** Runs Meiro Events; its source is 'klaviyo' unless the parameters say otherwise. */
export async function executeMeiroEvents(
	items: IDataObject[],
	options: {
		credentials: MemoryCredentials;
		parameters?: IDataObject;
		onError?: INode['onError'];
		onStart?: OnStart;
		timeoutSeconds?: number;
	},
): Promise<Executed> {
	const { credentials, parameters = {}, onError, onStart, timeoutSeconds } = options;
	const node = nodeOf(
		'Meiro Events',
		'meiroEvents',
		1,
		{ source: 'klaviyo', ...parameters },
		{
			credentials: { meiroEventsApi: { id: 'm1', name: 'Meiro' } },
			...(onError === undefined ? {} : { onError }),
		},
	);
	return await executeNode(
		node,
		items.map((json) => ({ json })),
		credentials,
		{ onStart, timeoutSeconds },
	);
}

/** One request to the trigger as n8n hands it over. */
export interface TriggerRequest {
	/** Undefined takes away the default's Content-Type. */
	headers?: Record<string, string | undefined>;
	/** Bytes as they came; n8n has already gunzipped them. */
	body?: Buffer | string;
	/** n8n hands over unread bytes for the content types it doesn't parse. */
	unread?: boolean;
	/** What reading unread bytes fails with. */
	readError?: Error;
	/** Where it came from, as Express tells it. */
	ip?: string;
	/** With which status n8n answers, once it has saved the items or found none; default 200. */
	n8nAnswers?: Promise<number>;
	/** The sender hangs up before that; n8n answers into the void all the same. */
	senderHangsUp?: boolean;
}

export interface TriggerAnswer {
	data: IWebhookResponseData;
	/** What the trigger itself wrote; null when it left the answer to n8n. */
	status: number | null;
	headers: Record<string, string>;
	items: INodeExecutionData[];
}

export interface TriggerSetup {
	credentials: MemoryCredentials;
	parameters?: IDataObject;
	/** Separates the tests' cached secrets. */
	credentialId?: string;
	workflowId?: string;
	webhookId?: string;
	/** n8n's own address, which operators change. */
	webhookBaseUrl?: string;
	/** The node's name, which users change. */
	name?: string;
	/** Of the workflow, as n8n keeps it from one call to the next. */
	staticData?: IDataObject;
}

function triggerNode({
	parameters = {},
	credentialId = 'k1',
	webhookId = 'hook',
	name = 'Klaviyo Trigger',
}: TriggerSetup): INode {
	return nodeOf(
		name,
		'klaviyoTrigger',
		2,
		{ setUp: 'manual', ...parameters },
		{
			webhookId,
			credentials: {
				klaviyoWebhookApi: { id: credentialId, name: 'Klaviyo webhook' },
				klaviyoPrivateKeyApi: { id: 'api', name: 'Klaviyo' },
			},
		},
	);
}

function webhookDataOf(isTest: boolean, { webhookId = 'hook' }: TriggerSetup): IWebhookData {
	return {
		webhookDescription: TYPES.klaviyoTrigger!.description.webhooks![0]!,
		httpMethod: 'POST',
		node: 'Klaviyo Trigger',
		path: `${webhookId}/klaviyo`,
		webhookId,
		workflowId: 'wf',
		isTest,
	} as unknown as IWebhookData;
}

function triggerWorkflow(node: INode, { staticData, workflowId = 'wf' }: TriggerSetup): Workflow {
	return new Workflow({
		id: workflowId,
		active: true,
		nodeTypes,
		staticData,
		nodes: [node],
		connections: {},
		settings: { executionOrder: 'v1' },
	});
}

/** Calls the trigger's webhook() in n8n's own webhook context. */
export async function callTrigger(
	setup: TriggerSetup,
	request: TriggerRequest,
): Promise<TriggerAnswer> {
	const node = triggerNode(setup);
	const bytes = Buffer.from(request.body ?? '');
	const response = new Answering();
	const httpRequest = {
		headers: { 'content-type': 'application/json', ...request.headers },
		...(request.unread ? {} : { rawBody: bytes }),
		...(request.ip === undefined ? {} : { ip: request.ip }),
		async readRawBody(this: { rawBody?: Buffer }) {
			if (request.readError) throw request.readError;
			this.rawBody = bytes;
		},
		params: {},
		query: {},
	};
	const context = new WebhookContext(
		triggerWorkflow(node, setup),
		node,
		{
			...additionalDataOf(setup.credentials),
			httpRequest,
			httpResponse: response,
		} as never,
		'webhook',
		webhookDataOf(false, setup),
		[],
		null as never,
	);
	const data = await TYPES.klaviyoTrigger!.webhook!.call(context);
	if (request.senderHangsUp) response.emit('close');
	if (!data.noWebhookResponse) {
		// As n8n does it: the items are saved, then `end` is called on the answer.
		void (request.n8nAnswers ?? Promise.resolve(200)).then((status) => {
			response.statusCode = status;
			response.end();
		});
	}
	const { written, headers } = response;
	return { data, status: written, headers, items: data.workflowData?.[0] ?? [] };
}

/** What a node sees of Express' answer. */
class Answering extends EventEmitter {
	statusCode = 200;
	destroyed = false;
	/** What the node itself wrote; null when it left the answer to n8n. */
	written: number | null = null;
	readonly headers: Record<string, string> = {};

	setHeader(name: string, value: string): void {
		this.headers[name.toLowerCase()] = value;
	}

	getHeader(name: string): string | undefined {
		return this.headers[name.toLowerCase()];
	}

	status(code: number): this {
		this.statusCode = code;
		this.written = code;
		return this;
	}

	json(): this {
		this.end();
		return this;
	}

	end(): void {
		this.emit('finish');
	}
}

/** What n8n is doing when it calls a hook: publishing, unpublishing, or listening for a test event. */
export type HookOccasion =
	| 'publish'
	| 'unpublish'
	| 'listen'
	| 'stopListening'
	| 'n8nStarts'
	| 'leaderChanges';

function hookContext(setup: TriggerSetup, occasion: HookOccasion): HookContext {
	const node = triggerNode(setup);
	const isTest = occasion === 'listen' || occasion === 'stopListening';
	// As n8n does it: a test is told by its mode when it begins, and by its address alone when it ends.
	const [mode, activation] = {
		publish: ['trigger', 'activate'],
		n8nStarts: ['trigger', 'init'],
		leaderChanges: ['trigger', 'leadershipChange'],
		listen: ['manual', 'manual'],
		unpublish: ['internal', 'update'],
		stopListening: ['internal', 'update'],
	}[occasion] as ['trigger', 'activate'];
	return new HookContext(
		triggerWorkflow(node, setup),
		node,
		{
			...additionalDataOf(setup.credentials),
			...(setup.webhookBaseUrl === undefined ? {} : { webhookBaseUrl: setup.webhookBaseUrl }),
		},
		mode,
		activation,
		webhookDataOf(isTest, setup),
	);
}

/** Publishes the trigger, or listens for a test event: calls checkExists() and create() as n8n does. */
export async function publishTrigger(
	setup: TriggerSetup,
	occasion: 'publish' | 'listen' | 'n8nStarts' | 'leaderChanges' = 'publish',
): Promise<boolean> {
	const context = hookContext(setup, occasion);
	const methods = TYPES.klaviyoTrigger!.webhookMethods!.default!;
	if (await methods.checkExists.call(context)) return true;
	return await methods.create.call(context);
}

export async function unpublishTrigger(
	setup: TriggerSetup,
	occasion: 'unpublish' | 'stopListening' = 'unpublish',
): Promise<boolean> {
	const methods = TYPES.klaviyoTrigger!.webhookMethods!.default!;
	return await methods.delete.call(hookContext(setup, occasion));
}

/** Opens a dropdown of the trigger. */
export async function dropdownOfTrigger(
	setup: TriggerSetup,
	method: 'getLists' | 'getMetrics' | 'getSegments',
): Promise<INodePropertyOptions[]> {
	const node = triggerNode(setup);
	const context = new LoadOptionsContext(
		triggerWorkflow(node, setup),
		node,
		additionalDataOf(setup.credentials),
		'',
	);
	return await TYPES.klaviyoTrigger!.methods!.loadOptions![method]!.call(context);
}
