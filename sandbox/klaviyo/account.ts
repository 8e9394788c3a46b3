// The account behind both doors (the functions of index.ts and the HTTP surface): flows, entries,
// rendered bodies, what became of them.
import { checkEntry, FlowBook, requestHeaders, seesEvent } from './flows';
import type { DeliveryListener } from './log';
import { DeliveryLog } from './log';
import type { Target } from './post';
import type { Template } from './render';
import { createCompiler } from './render';
import { Sender } from './sender';
import type { Activity, Delivery, Entry, Flow, NewFlow, Organization } from './types';
import { RenderError } from './types';

/** Every assumption that can be turned, with a value. */
export interface AccountSettings {
	timeScale: number;
	concurrency: number;
	timeoutMs: number;
	allowLoopbackHttp: boolean;
	ignoreContentTypeOverride: boolean;
	missingValue: '' | 'None';
	exposeEventTime: boolean;
	klaviyoIdInDateFlows: boolean;
	honourRetryAfter: boolean;
	keepBodies: boolean;
	maxDeliveries: number;
	timezone: string;
	organization: Organization;
	now: () => Date;
}

/** The settings in force, and the waits they lead to. */
export type AccountState = Omit<AccountSettings, 'now'> & { retry_waits_ms: number[] };

interface ReadyFlow {
	flow: Flow;
	target: Target;
	/** The error a broken body gives each time it is rendered. */
	template: Template | RenderError;
}

export class Account {
	private readonly flowBook: FlowBook;
	private readonly log: DeliveryLog;
	private readonly sender: Sender;
	private readonly compile: (body: string) => Template;
	private readonly ready = new Map<string, ReadyFlow>();

	/** @throws RangeError on an unknown time zone, TypeError on a bad concurrency. */
	constructor(private readonly settings: AccountSettings) {
		this.compile = createCompiler(settings);
		this.flowBook = new FlowBook(settings.allowLoopbackHttp);
		this.log = new DeliveryLog(settings.maxDeliveries);
		this.sender = new Sender(this.log, settings);
	}

	/**
	 * Saves a flow. A broken body is saved too (what Klaviyo's Save checks is not documented); the
	 * preview and every delivery then show the error.
	 * @throws InputError
	 */
	createFlow(input: NewFlow): Flow {
		const flow = this.flowBook.create(input);
		const headers = requestHeaders(flow, this.settings.ignoreContentTypeOverride);
		const target = this.sender.target(flow.webhook.url, headers);
		this.ready.set(flow.id, { flow, target, template: this.compiled(flow.webhook.body) });
		return structuredClone(flow);
	}

	flows(): Flow[] {
		return structuredClone(this.flowBook.list());
	}

	/**
	 * A profile reaches the webhook step. The body is rendered once. Draft flows do not send, and a
	 * manual one would wait for a person's click: both give a skipped delivery without attempts. So
	 * does a body that cannot be rendered (assumed), with the error as its only attempt.
	 * @throws InputError
	 */
	enter(flowId: string, entry: Entry): Delivery {
		const { flow, target } = this.prepared(flowId);
		checkEntry(flow, entry);
		const { profile, event } = entry;
		const rendered = flow.status === 'live' ? this.tryRender(flowId, entry) : '';
		const body = typeof rendered === 'string' ? rendered : '';
		const delivery = this.log.add({
			flow_id: flow.id,
			flow_name: flow.name,
			profile_id: profile.klaviyo_id,
			email: profile.email ?? null,
			event_unique_id: (seesEvent(flow) ? event?.unique_id : null) ?? null,
			body: this.settings.keepBodies ? body : '',
		});
		if (flow.status !== 'live') {
			this.log.settle(delivery, 'skipped');
		} else if (typeof rendered !== 'string') {
			const at = this.settings.now().toISOString();
			const attempt = { at, http_status: null, error: String(rendered), duration_ms: 0 };
			this.log.attempted(delivery, attempt, 'skipped');
		} else {
			this.sender.send(delivery, target, Buffer.from(body, 'utf8'), flow.delayMs);
		}
		return delivery;
	}

	/** @throws InputError when any of the entries could not enter; used before a whole array does. */
	check(flowId: string, entries: Entry[]): void {
		const { flow } = this.prepared(flowId);
		for (const entry of entries) checkEntry(flow, entry);
	}

	/** The rendered body, as Klaviyo's Preview shows it. @throws InputError, RenderError */
	preview(flowId: string, entry: Entry): string {
		const { flow } = this.prepared(flowId);
		checkEntry(flow, entry);
		const rendered = this.tryRender(flowId, entry);
		if (typeof rendered !== 'string') throw rendered;
		return rendered;
	}

	/** The records themselves: they grow while a delivery is under way. */
	deliveries(flowId?: string): Delivery[] {
		return this.log.list(flowId);
	}

	activity(flowId?: string): Activity {
		return this.log.activity(flowId);
	}

	async settled(flowId?: string, timeoutMs = 60_000): Promise<void> {
		await this.log.settled(flowId, timeoutMs);
	}

	onDelivery(listener: DeliveryListener): () => void {
		return this.log.listen(listener);
	}

	state(): AccountState {
		const retry_waits_ms = this.sender.waits.map((wait) => Math.round(wait));
		const state: AccountState & { now?: () => Date } = { ...this.settings, retry_waits_ms };
		delete state.now;
		return state;
	}

	async close(): Promise<void> {
		await this.sender.close();
		this.log.close();
	}

	private prepared(flowId: string): ReadyFlow {
		this.flowBook.get(flowId);
		return this.ready.get(flowId) as ReadyFlow;
	}

	private compiled(body: string): Template | RenderError {
		try {
			return this.compile(body);
		} catch (error) {
			return asRenderError(error);
		}
	}

	private tryRender(flowId: string, { profile, event }: Entry): string | RenderError {
		const { flow, template } = this.prepared(flowId);
		if (template instanceof RenderError) return template;
		const { organization, klaviyoIdInDateFlows, now } = this.settings;
		try {
			return template.render({
				person: profile,
				event: seesEvent(flow) ? event : null,
				organization,
				// The step renders when it is reached, so its clock has moved on by the delay.
				now: new Date(now().getTime() + flow.delayMs),
				// Reported missing there by a third party, not documented.
				klaviyoIdKnown: flow.trigger_type !== 'date' || klaviyoIdInDateFlows,
			});
		} catch (error) {
			return asRenderError(error);
		}
	}
}

function asRenderError(error: unknown): RenderError {
	if (error instanceof RenderError) return error;
	throw error;
}
