import type { Account } from '../account';
import type { KlaviyoDialect } from '../dialect';
import { FLOW_STATUSES } from '../flows';
import type { Dict, FlowStatus } from '../types';
import type { FlowAction, FlowDefinition, WebhookStep } from './definition';
import {
	changeAction,
	createDefinition,
	definitionOf,
	triggerTypeOf,
	webhookSteps,
} from './definition';
import { invalid, notFound } from './errors';
import { inventId, SHORT_ID } from './ids';
import { checkId } from './listing';
import { seconds } from './times';

/** Of the specification: a duration of 0 means re-entry is allowed, of 1 that it is not. */
const LETS_IN_AGAIN = { duration: 0, unit: 'alltime' };

/** A flow as the API knows it. */
export interface StoredFlow {
	id: string;
	name: string;
	status: FlowStatus;
	created: string;
	updated: string;
	definition: FlowDefinition;
}

/** Whether an account has a list, segment or metric. */
export type Knows = (type: string, id: string) => boolean;

export interface FlowStoreOptions {
	now: () => Date;
	/** Waits before a webhook step count as none. */
	skipDelays: boolean;
	knows: Knows;
	dialect: KlaviyoDialect;
}

/**
 * The flows behind the API, built by it or by hand. Each change is passed on to the account, which
 * does the sending. The profile filter and trigger filters are kept but not evaluated: whoever calls
 * `enter` has decided that the profile enters.
 */
export class FlowStore {
	private readonly flows = new Map<string, StoredFlow>();
	private lastId = 90_000_000;

	constructor(
		private readonly account: Account,
		private readonly options: FlowStoreOptions,
	) {}

	list(): StoredFlow[] {
		this.adopt();
		return [...this.flows.values()];
	}

	/** @throws ApiError 400, 404 */
	get(id: string): StoredFlow {
		checkId(id, SHORT_ID);
		this.adopt();
		const flow = this.flows.get(id);
		if (!flow) throw notFound('flow', id);
		return flow;
	}

	/** @throws ApiError 400, 404 */
	action(id: string): { flow: StoredFlow; action: FlowAction } {
		checkId(id, /^\d{1,18}$/);
		for (const flow of this.list()) {
			const action = flow.definition.actions.find((each) => each.id === id);
			if (action) return { flow, action };
		}
		throw notFound('flow-action', id);
	}

	/** @throws ApiError 400, InputError */
	create(name: string, given: Dict): StoredFlow {
		const definition = createDefinition(given, () => this.nextId());
		// Assumed: who lets everybody in again says so in the definition, as the criteria have a value for it.
		if (this.options.dialect.reentry === 'always') definition.reentry_criteria ??= LETS_IN_AGAIN;
		this.checkTrigger(definition);
		const at = seconds(this.options.now());
		const flow: StoredFlow = {
			id: this.freeId(name),
			name,
			// Assumed: the request has no status, and the editor's new flows are drafts.
			status: 'draft',
			...{ created: at, updated: at, definition },
		};
		this.save(flow);
		return flow;
	}

	/** The status of a flow and of all its actions. @throws ApiError 400, 404 */
	setStatus(id: string, status: FlowStatus): StoredFlow {
		const flow = this.get(id);
		if (!FLOW_STATUSES.includes(status)) {
			const detail = `'${status}' is not draft, manual or live.`;
			throw invalid(detail, { pointer: '/data/attributes/status' });
		}
		const actions = flow.definition.actions.map((action) =>
			action.data && 'status' in action.data
				? { ...action, data: { ...action.data, status } }
				: action,
		);
		return this.changed({ ...flow, status, definition: { ...flow.definition, actions } });
	}

	/** @throws ApiError 400, 404, InputError */
	setAction(id: string, given: Dict): { flow: StoredFlow; action: FlowAction } {
		const { flow, action } = this.action(id);
		const change = changeAction(action, given, this.options.dialect.actionWithoutLinks);
		const actions = flow.definition.actions.map((each) => (each === action ? change : each));
		const changed = this.changed({ ...flow, definition: { ...flow.definition, actions } });
		return { flow: changed, action: change };
	}

	/** As a person does it in the editor: the API can't. @throws ApiError 400, 404 */
	rename(id: string, name: string): void {
		this.changed({ ...this.get(id), name });
	}

	/** @throws ApiError 400, 404 */
	remove(id: string): void {
		this.get(id);
		this.flows.delete(id);
		this.account.removeFlow(id);
	}

	// Flows that were built in the editor (`createFlow`) are the account's too.
	private adopt(): void {
		for (const flow of this.account.flows()) {
			if (this.flows.has(flow.id)) continue;
			const { id, name, status } = flow;
			const at = seconds(this.options.now());
			const definition = definitionOf(flow, () => this.nextId());
			this.flows.set(id, { id, name, status, created: at, updated: at, definition });
		}
	}

	private changed(flow: StoredFlow): StoredFlow {
		const changed = { ...flow, updated: seconds(this.options.now()) };
		this.save(changed);
		return changed;
	}

	private save(flow: StoredFlow): void {
		const { id, name, status, definition } = flow;
		const [first, ...further] = webhookSteps(definition);
		if (first) {
			const trigger_type = triggerTypeOf(definition);
			this.account.saveFlow(
				{ id, name, status, trigger_type, webhook: first.webhook, delayMs: this.delay(first) },
				first.status === 'live',
				this.letsInAgain(flow),
				further.map((step) => ({
					webhook: step.webhook,
					delayMs: this.delay(step),
					live: step.status === 'live',
				})),
			);
		} else {
			this.account.removeFlow(id);
		}
		this.flows.set(id, flow);
	}

	private letsInAgain({ definition }: StoredFlow): boolean {
		return definition.reentry_criteria !== null;
	}

	private delay({ delayMs }: WebhookStep): number {
		return this.options.skipDelays ? 0 : delayMs;
	}

	// Assumed: a trigger on what the account does not have is refused.
	private checkTrigger({ triggers: [trigger] }: FlowDefinition): void {
		const { type, id } = trigger ?? {};
		const named = type === 'list' || type === 'segment' || type === 'metric';
		if (!named || typeof id !== 'string' || this.options.knows(type, id)) return;
		const pointer = '/data/attributes/definition/triggers/0/id';
		throw invalid(`There is no ${type} with id ${id}.`, { pointer });
	}

	private freeId(name: string): string {
		for (let salt = 0; ; salt++) {
			const id = inventId(`flow ${salt} ${name}`);
			if (!this.flows.has(id)) return id;
		}
	}

	// Actions and messages have numbers (the specification's example is "123").
	private nextId(): string {
		return String(++this.lastId);
	}
}
