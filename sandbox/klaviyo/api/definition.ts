// A flow's definition as POST /api/flows takes it, and what the sending side needs of it.
import type { KlaviyoDialect } from '../dialect';
import type { Dict, Json, NewFlow, TriggerType } from '../types';
import { invalid } from './errors';
import { dict, dicts } from './json';

export type ActionStatus = 'disabled' | 'draft' | 'live' | 'manual';

export interface FlowAction {
	id: string;
	type: string;
	links: Dict | null;
	data: Dict | null;
}

export interface FlowDefinition {
	triggers: Dict[];
	profile_filter: Json;
	actions: FlowAction[];
	entry_action_id: string | null;
	reentry_criteria: Json;
}

/** A webhook step on the way through a flow. */
export interface WebhookStep {
	actionId: string;
	status: ActionStatus;
	webhook: { url: string; headers: Record<string, string>; body: string };
	/** The waits before it, in milliseconds. */
	delayMs: number;
}

const POINTER = '/data/attributes/definition';
const UNIT_MS: Record<string, number> = { days: 86_400_000, hours: 3_600_000, minutes: 60_000 };

/**
 * The definition with real ids instead of temporary ones. Schema errors are the contract's business;
 * here is what the specification says in words: exactly one trigger, no real ids on create, actions
 * linked by their ids.
 * @throws ApiError 400
 */
export function createDefinition(given: Dict, nextId: () => string): FlowDefinition {
	const triggers = dicts(given.triggers);
	if (triggers.length !== 1) {
		throw invalid('A flow has exactly one trigger.', { pointer: `${POINTER}/triggers` });
	}
	const actions = dicts(given.actions);
	const ids = realIds(actions, nextId);
	const entry = given.entry_action_id ?? null;
	return {
		triggers,
		profile_filter: given.profile_filter ?? null,
		actions: actions.map((action, index) => withRealIds(action, index, ids)),
		entry_action_id: entry === null ? null : realId(entry, ids, `${POINTER}/entry_action_id`),
		reentry_criteria: given.reentry_criteria ?? null,
	};
}

/**
 * A changed action, as PATCH /api/flow-actions/{id} stores it: the definition as a whole. Assumed:
 * what is left out falls back to the specification's default, so no status means draft;
 * links left out are the dialect's.
 * @throws ApiError 400
 */
export function changeAction(
	action: FlowAction,
	given: Dict,
	withoutLinks: KlaviyoDialect['actionWithoutLinks'],
): FlowAction {
	const pointer = '/data/attributes/definition';
	if (given.type !== action.type) {
		throw invalid('The type of an action cannot be changed.', { pointer: `${pointer}/type` });
	}
	if (typeof given.id === 'string' && given.id !== action.id) {
		throw invalid('The id is not that of the action.', { pointer: `${pointer}/id` });
	}
	const hasLinks = given.links !== undefined && given.links !== null;
	if (!hasLinks && withoutLinks === 'refused') {
		throw invalid('The definition has no links.', { pointer: `${pointer}/links` });
	}
	const kept = !hasLinks && withoutLinks === 'kept';
	return storedAction(action.id, given, dict(kept ? action.links : given.links));
}

/** The webhook steps a profile passes, along `links.next`; what a split leads to is not followed. */
export function webhookSteps(definition: FlowDefinition): WebhookStep[] {
	const byId = new Map(definition.actions.map((action) => [action.id, action]));
	const steps: WebhookStep[] = [];
	const seen = new Set<string>();
	let delayMs = 0;
	let next: Json = definition.entry_action_id;
	while (typeof next === 'string' && !seen.has(next)) {
		seen.add(next);
		const action = byId.get(next);
		if (!action) break;
		delayMs += delayOf(action);
		const step = stepOf(action, delayMs);
		if (step) steps.push(step);
		next = action.links?.next ?? null;
	}
	return steps;
}

/** The kind of trigger, in the words of the sending side. */
export function triggerTypeOf({ triggers }: FlowDefinition): TriggerType {
	return String(triggers[0]?.type).replace('-', '_') as TriggerType;
}

// A segment's is not in the specification's list of values: assumed to be that of a list.
const TRIGGER_NAMES: Record<TriggerType, string> = {
	metric: 'Metric',
	list: 'Added to List',
	segment: 'Added to List',
	date: 'Date Based',
	price_drop: 'Price Drop',
	low_inventory: 'Low Inventory',
};

/** The kind of trigger in the words of GET /api/flows. */
export function triggerName(definition: FlowDefinition): string {
	return TRIGGER_NAMES[triggerTypeOf(definition)] ?? 'Unconfigured';
}

/** What the editor would have stored for a flow that was built by hand. */
export function definitionOf(flow: NewFlow, nextId: () => string): FlowDefinition {
	const { trigger_type = 'metric', delayMs = 0, status = 'live', webhook } = flow;
	const id = nextId();
	const message = { ...webhook, headers: webhook.headers ?? {}, name: null, id: nextId() };
	const actions = [storedAction(id, { type: 'send-webhook', data: { message, status } }, {})];
	if (delayMs > 0) {
		const data = { unit: 'minutes', value: Math.round(delayMs / 60_000) };
		actions.unshift(storedAction(nextId(), { type: 'time-delay', data }, { next: id }));
	}
	return {
		triggers: [{ type: trigger_type.replace('_', '-'), id: null }],
		profile_filter: null,
		actions,
		entry_action_id: actions[0]?.id ?? null,
		reentry_criteria: null,
	};
}

function realIds(actions: Dict[], nextId: () => string): Map<string, string> {
	const ids = new Map<string, string>();
	for (const [index, { id, temporary_id }] of actions.entries()) {
		const pointer = `${POINTER}/actions/${index}`;
		if (id !== undefined && id !== null) {
			throw invalid('An id is not allowed on create.', { pointer: `${pointer}/id` });
		}
		if (typeof temporary_id !== 'string' || ids.has(temporary_id)) {
			const detail = 'An action needs a temporary_id of its own.';
			throw invalid(detail, { pointer: `${pointer}/temporary_id` });
		}
		ids.set(temporary_id, nextId());
	}
	return ids;
}

function realId(given: Json, ids: Map<string, string>, pointer: string): string {
	const id = typeof given === 'string' ? ids.get(given) : undefined;
	if (id === undefined) throw invalid(`There is no action ${JSON.stringify(given)}.`, { pointer });
	return id;
}

function withRealIds(action: Dict, index: number, ids: Map<string, string>): FlowAction {
	const pointer = `${POINTER}/actions/${index}/links`;
	const links = Object.entries(dict(action.links)).map(([name, target]) => [
		name,
		target === null ? null : realId(target, ids, `${pointer}/${name}`),
	]);
	const id = ids.get(String(action.temporary_id)) ?? '';
	return storedAction(id, action, Object.fromEntries(links) as Dict);
}

const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];

/** Waits of days come back with all weekdays and a time zone; with another unit they are refused (reported live). */
function delayDefaults(given: Dict): Dict {
	const { unit = 'days', delay_until_weekdays = null, delay_until_time = null } = given;
	if (unit === 'days') return { unit, delay_until_weekdays: WEEKDAYS, timezone: 'profile' };
	if (delay_until_weekdays === null && delay_until_time === null) return {};
	const detail = 'delay_until_weekdays and delay_until_time are only allowed with the unit days.';
	throw invalid(detail, { pointer: `${POINTER}/data` });
}

function storedAction(id: string, { type, data }: Dict, links: Dict): FlowAction {
	const status: Dict =
		type === 'send-webhook'
			? { status: 'draft' }
			: type === 'time-delay'
				? delayDefaults(dict(data))
				: {};
	return {
		id,
		type: String(type),
		links: { next: null, ...links },
		data: data ? { ...status, ...dict(data) } : null,
	};
}

// The secondary value and "delay until" make a wait longer than this; they are not modelled.
function delayOf({ type, data }: FlowAction): number {
	if (type !== 'time-delay') return 0;
	return Number(data?.value ?? 0) * (UNIT_MS[String(data?.unit ?? 'days')] ?? 0);
}

function stepOf({ id, type, data }: FlowAction, delayMs: number): WebhookStep | null {
	const message = dict(data?.message);
	if (type !== 'send-webhook' || typeof message.url !== 'string') return null;
	const headers = Object.entries(dict(message.headers)).map(([name, value]) => [
		name,
		typeof value === 'string' ? value : JSON.stringify(value),
	]);
	return {
		actionId: id,
		status: (data?.status ?? 'draft') as ActionStatus,
		webhook: {
			url: message.url,
			headers: Object.fromEntries(headers) as Record<string, string>,
			body: typeof message.body === 'string' ? message.body : '',
		},
		delayMs,
	};
}
