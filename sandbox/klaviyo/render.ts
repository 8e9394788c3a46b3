// Renders the body of a flow webhook: raw text out, not parsed, not escaped
// (https://developers.klaviyo.com/en/docs/how_to_add_a_webhook_action_to_a_flow).
import { Liquid } from 'liquidjs';

import { PREFIX } from './expressions';
import { FILTERS } from './filters';
import { pythonEquals, pythonItem, pythonLess, pythonText, pythonTruth } from './python';
import { eventTags, personTags } from './tags';
import { MARKS, translateTemplate } from './template';
import type { Json, MetricEvent, Organization, Profile } from './types';
import { RenderError } from './types';

export interface RenderOptions {
	/** What a missing value prints; which of the two Klaviyo does is unknown. Default ''. */
	missingValue?: '' | 'None';
	/** The account's time zone (IANA name), used by `today`. Default UTC. */
	timezone?: string;
	/** `event.timestamp` (Unix seconds) exists. Undocumented, hence off. */
	exposeEventTime?: boolean;
	/** What base64_encode, typed str → str, does with a number, a list or None: unknown. Default text, as Python prints it. */
	base64OfOthers?: 'text' | 'fails';
}

/** What one body is rendered from; without an event all event tags are empty. */
export interface RenderContext {
	person: Profile;
	event?: MetricEvent | null;
	organization: Organization;
	now: Date;
	/** False where Klaviyo does not know `person.KlaviyoID`. Default true. */
	klaviyoIdKnown?: boolean;
}

export interface Template {
	/** @throws RenderError when a filter's argument is missing. */
	render(context: RenderContext): string;
}

/**
 * Makes a compiler of bodies. Compile once, render per delivery.
 * @throws RangeError on an unknown time zone; the compiler throws RenderError (Klaviyo: 400).
 */
export function createCompiler(options: RenderOptions = {}): (body: string) => Template {
	const { missingValue = '', timezone = 'UTC', exposeEventTime = false } = options;
	const { base64OfOthers = 'text' } = options;
	new Intl.DateTimeFormat('en-US', { timeZone: timezone });
	const engine = createEngine(missingValue, base64OfOthers);

	return (body) => {
		const parsed = guarded(() => engine.parse(translateTemplate(body)));
		return {
			render: (context) => {
				const scope = createScope(context, exposeEventTime, timezone);
				return guarded(() => String(engine.renderSync(parsed, scope)));
			},
		};
	};
}

/** Compiles and renders in one go. @throws RenderError */
export function render(body: string, context: RenderContext, options?: RenderOptions): string {
	return createCompiler(options)(body).render(context);
}

function createScope(context: RenderContext, exposeEventTime: boolean, timezone: string): object {
	const { person, event, organization, now, klaviyoIdKnown = true } = context;
	const known = personTags(person, klaviyoIdKnown);
	const tags: Record<string, Json | undefined> = {
		person: known,
		email: known.email,
		first_name: known.first_name,
		organization: { ...organization },
		event: event ? eventTags(event, exposeEventTime) : undefined,
		True: true,
		False: false,
		None: null,
	};
	const scope = Object.create(null) as Record<string, unknown>;
	for (const [name, value] of Object.entries(tags)) scope[PREFIX + name] = value;
	return Object.assign(scope, { now, timezone });
}

function createEngine(missingValue: string, base64OfOthers: 'text' | 'fails'): Liquid {
	const engine = new Liquid({
		tagDelimiterLeft: MARKS.tagLeft,
		tagDelimiterRight: MARKS.tagRight,
		outputDelimiterLeft: MARKS.outputLeft,
		outputDelimiterRight: MARKS.outputRight,
		groupedExpressions: true,
		strictFilters: true,
		ownPropertyOnly: true,
		locale: 'en-US',
		outputEscape: (value: Json | undefined) =>
			value === undefined ? missingValue : pythonText(value),
	});
	for (const [name, filter] of Object.entries(FILTERS)) engine.registerFilter(name, filter);
	if (base64OfOthers === 'fails') engine.registerFilter('base64_encode', base64OfText);
	for (const [name, operator] of Object.entries(OPERATORS)) engine.registerFilter(name, operator);
	return engine;
}

/** @throws RenderError for what is no text */
function base64OfText(value: Json | undefined): string {
	if (typeof value === 'string') return Buffer.from(value, 'utf8').toString('base64');
	throw new RenderError(`base64_encode takes text, not ${JSON.stringify(value)}`);
}

type Value = Json | undefined;

// What the rewriting of expressions relies on; no template can name these itself.
const OPERATORS: Record<string, (left: Value, ...right: Json[]) => Value> = {
	at: (value, ...keys) => keys.reduce<Value>((at, key) => pythonItem(at, String(key)), value),
	required: (value, path) => {
		if (value === undefined) throw new RenderError(`Failed lookup for key [${String(path)}]`);
		return value;
	},
	items: (value) => iterable(value),
	truth: (value) => pythonTruth(value),
	negate: (value) => !pythonTruth(value),
	both: (left, right) => pythonTruth(left) && pythonTruth(right),
	either: (left, right) => pythonTruth(left) || pythonTruth(right),
	eq: (left, right) => pythonEquals(left, right),
	ne: (left, right) => !pythonEquals(left, right),
	lt: (left, right) => pythonLess(left, right) ?? false,
	gt: (left, right) => pythonLess(right, left) ?? false,
	le: (left, right) => not(pythonLess(right, left)),
	ge: (left, right) => not(pythonLess(left, right)),
	within: (item, all) => contains(all, item) ?? false,
	without: (item, all) => not(contains(all, item)),
};

// Where Python raises (null), Django's `if` counts as false, negated or not.
function not(result: boolean | null): boolean {
	return result === null ? false : !result;
}

function contains(all: Value, item: Value): boolean | null {
	if (typeof all === 'string') return typeof item === 'string' ? all.includes(item) : null;
	if (Array.isArray(all)) return all.some((each) => pythonEquals(each, item));
	if (all === null || typeof all !== 'object') return null;
	return typeof item === 'string' && Object.hasOwn(all, item);
}

// Python walks over the keys of a dict and the characters of a text.
function iterable(value: Value): Json[] {
	if (Array.isArray(value)) return value;
	if (typeof value === 'string') return [...value];
	if (value !== null && typeof value === 'object') return Object.keys(value);
	return [];
}

function guarded<T>(work: () => T): T {
	const outcome = attempted(work);
	if (outcome instanceof RenderError) throw outcome;
	return outcome;
}

function attempted<T>(work: () => T): T | RenderError {
	try {
		return work();
	} catch (error) {
		if (error instanceof RenderError) return error;
		return new RenderError(error instanceof Error ? error.message : String(error));
	}
}
