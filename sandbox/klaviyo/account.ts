// The account behind both doors (the functions of index.ts and the HTTP surface): flows, entries,
// rendered bodies, what became of them.
import { checkEntry, checkWebhook, FlowBook, requestHeaders, seesEvent } from './flows';
import type { KlaviyoDialect } from './dialect';
import type { DeliveryListener } from './log';
import { DeliveryLog } from './log';
import type { Target } from './post';
import type { Template } from './render';
import { createCompiler } from './render';
import { Sender } from './sender';
import type { Activity, Delivery, Entry, Flow, NewFlow, Organization, Webhook } from './types';
import { RenderError } from './types';

/** What the account is made with. */
export interface AccountSettings {
	timeScale: number;
	concurrency: number;
	timeoutMs: number;
	allowLoopbackHttp: boolean;
	dialect: KlaviyoDialect;
	keepBodies: boolean;
	maxDeliveries: number;
	timezone: string;
	organization: Organization;
	now: () => Date;
}

/** The settings in force, and the waits they lead to. */
export type AccountState = Omit<AccountSettings, 'now'> & { retry_waits_ms: number[] };

/** A webhook step behind the first one of a flow. */
export interface FurtherStep {
	webhook: NewFlow['webhook'];
	delayMs: number;
	live: boolean;
}

interface ReadyStep {
	target: Target;
	delayMs: number;
	/** Whether the step sends, provided the flow is live. */
	live: boolean;
	/** The error a broken body gives each time it is rendered. */
	template: Template | RenderError;
}

interface ReadyFlow {
	flow: Flow;
	steps: [ReadyStep, ...ReadyStep[]];
	/** Whether a profile can enter a second time. */
	letsInAgain: boolean;
	/** Ids of the profiles that entered while it was live. */
	entered: Set<string>;
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
		const honourRetryAfter = settings.dialect.retryAfter === 'honoured';
		this.sender = new Sender(this.log, { ...settings, honourRetryAfter });
	}

	/**
	 * Saves a flow. A broken body is saved too (what Klaviyo's Save checks is not documented); the
	 * preview and every delivery then show the error.
	 * @throws InputError
	 */
	createFlow(input: NewFlow): Flow {
		const flow = this.flowBook.create(input);
		const steps: ReadyFlow['steps'] = [this.step(flow, flow, true)];
		this.ready.set(flow.id, { flow, steps, letsInAgain: true, entered: new Set() });
		return structuredClone(flow);
	}

	/**
	 * Puts a flow in the place of the one with its id, if there is any; what is on its way is sent as
	 * it was. The first webhook step is the flow's own.
	 * @throws InputError
	 */
	saveFlow(
		input: NewFlow & { id: string },
		firstIsLive: boolean,
		letsInAgain: boolean,
		further: FurtherStep[],
	): void {
		const { allowLoopbackHttp } = this.settings;
		const checked = further.map((each) => ({
			...each,
			webhook: checkWebhook(each.webhook, allowLoopbackHttp),
		}));
		const flow = this.flowBook.save(input);
		const first = this.step(flow, flow, firstIsLive);
		const steps = checked.map((each) => this.step(flow, each, each.live));
		const entered = this.ready.get(flow.id)?.entered ?? new Set();
		this.ready.set(flow.id, { flow, steps: [first, ...steps], letsInAgain, entered });
	}

	/** Deliveries that wait are still sent (assumed). */
	removeFlow(id: string): void {
		this.flowBook.remove(id);
		this.ready.delete(id);
	}

	flows(): Flow[] {
		return structuredClone(this.flowBook.list());
	}

	/**
	 * A profile reaches the webhook step, or each of them: the delivery of the first is given back.
	 * Draft flows do not send, and a manual one would wait for a person's
	 * click: both give a skipped delivery without attempts. So does a body that cannot be rendered
	 * (assumed), with the error as its only attempt.
	 * @throws InputError
	 */
	enter(flowId: string, entry: Entry): Delivery {
		const { flow, steps, letsInAgain, entered } = this.prepared(flowId);
		checkEntry(flow, entry);
		const isIn = flow.status === 'live' && (letsInAgain || !entered.has(entry.profile.klaviyo_id));
		if (flow.status === 'live') entered.add(entry.profile.klaviyo_id);
		const [first, ...further] = steps;
		const delivery = this.reach(flow, first, entry, isIn);
		for (const step of further) this.reach(flow, step, entry, isIn);
		return delivery;
	}

	/** @throws InputError when any of the entries could not enter; used before a whole array does. */
	check(flowId: string, entries: Entry[]): void {
		const { flow } = this.prepared(flowId);
		for (const entry of entries) checkEntry(flow, entry);
	}

	/** The rendered body, as Klaviyo's Preview shows it. @throws InputError, RenderError */
	preview(flowId: string, entry: Entry): string {
		const { flow, steps } = this.prepared(flowId);
		checkEntry(flow, entry);
		const rendered = this.tryRender(flow, steps[0], entry);
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

	private reach(flow: Flow, step: ReadyStep, entry: Entry, isIn: boolean): Delivery {
		const { profile, event } = entry;
		const sends = isIn && step.live;
		const rendered = sends ? this.tryRender(flow, step, entry) : '';
		const body = typeof rendered === 'string' ? rendered : '';
		const delivery = this.log.add({
			flow_id: flow.id,
			flow_name: flow.name,
			profile_id: profile.klaviyo_id,
			email: profile.email ?? null,
			event_unique_id: (seesEvent(flow) ? event?.unique_id : null) ?? null,
			body: this.settings.keepBodies ? body : '',
		});
		if (!sends) {
			this.log.settle(delivery, 'skipped');
		} else if (typeof rendered !== 'string') {
			const at = this.settings.now().toISOString();
			const attempt = { at, http_status: null, error: String(rendered), duration_ms: 0 };
			this.log.attempted(delivery, attempt, 'skipped');
		} else {
			const bytes = Buffer.from(body, 'utf8');
			this.sender.send(delivery, step.target, step.delayMs, () =>
				this.bytesOfRetry(delivery, bytes, () => this.tryRender(flow, step, entry)),
			);
		}
		return delivery;
	}

	/** What the next attempt sends; a body that can no longer be rendered is sent as it was (assumed). */
	private bytesOfRetry(
		delivery: Delivery,
		first: Buffer,
		renderAnew: () => string | RenderError,
	): Buffer {
		const isRetry = delivery.attempts.length > 0;
		if (!isRetry || this.settings.dialect.retryBody === 'same') return first;
		const body = renderAnew();
		return typeof body === 'string' ? Buffer.from(body, 'utf8') : first;
	}

	private step(
		{ id }: Flow,
		{ webhook, delayMs }: { webhook: Webhook; delayMs: number },
		live: boolean,
	): ReadyStep {
		const headers = requestHeaders(id, webhook, this.settings.dialect);
		const target = this.sender.target(webhook.url, headers);
		return { target, delayMs, live, template: this.compiled(webhook.body) };
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

	private tryRender(
		flow: Flow,
		{ template, delayMs }: ReadyStep,
		{ profile, event }: Entry,
	): string | RenderError {
		if (template instanceof RenderError) return template;
		const { organization, dialect, now } = this.settings;
		try {
			return template.render({
				person: profile,
				event: seesEvent(flow) ? event : null,
				organization,
				// The step renders when it is reached, so its clock has moved on by the delay.
				now: new Date(now().getTime() + delayMs),
				klaviyoIdKnown: flow.trigger_type !== 'date' || dialect.klaviyoIdInDateFlows === 'there',
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
