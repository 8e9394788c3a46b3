// Renders the body of a flow webhook: raw text out, not parsed, not escaped
// (https://developers.klaviyo.com/en/docs/how_to_add_a_webhook_action_to_a_flow).
import { Liquid } from 'liquidjs';

import { klaviyoDialect, type KlaviyoDialect } from './dialect';
import { dialectFilters, printed } from './dialectFilters';
import { PREFIX } from './expressions';
import { FILTERS } from './filters';
import { pythonEquals, pythonItem, pythonLess, pythonTruth } from './python';
import { eventTags, personTags } from './tags';
import { MARKS, translateTemplate } from './template';
import type { Json, MetricEvent, Organization, Profile } from './types';
import { RenderError } from './types';

export interface RenderOptions {
	/** The account's time zone (IANA name), used by `today`. Default UTC. */
	timezone?: string;
	dialect?: Partial<KlaviyoDialect>;
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
	const { timezone = 'UTC' } = options;
	const dialect = klaviyoDialect(options.dialect);
	new Intl.DateTimeFormat('en-US', { timeZone: timezone });
	const engine = createEngine(dialect);

	return (body) => {
		const parsed = guarded(() => engine.parse(translateTemplate(body)));
		return {
			render: (context) => {
				const scope = createScope(context, dialect, timezone);
				return guarded(() => String(engine.renderSync(parsed, scope)));
			},
		};
	};
}

/** Compiles and renders in one go. @throws RenderError */
export function render(body: string, context: RenderContext, options?: RenderOptions): string {
	return createCompiler(options)(body).render(context);
}

function createScope(context: RenderContext, dialect: KlaviyoDialect, timezone: string): object {
	const { person, event, organization, now, klaviyoIdKnown = true } = context;
	const known = personTags(person, klaviyoIdKnown);
	const tags: Record<string, Json | undefined> = {
		person: known,
		email: known.email,
		first_name: known.first_name,
		organization: { ...organization },
		event: event ? eventTags(event, dialect) : undefined,
		True: true,
		False: false,
		None: null,
	};
	const zone = dialect.todayZone === 'account' ? timezone : 'UTC';
	const scope = Object.create(null) as Record<string, unknown>;
	for (const [name, value] of Object.entries(tags)) scope[PREFIX + name] = value;
	return Object.assign(scope, {
		now: dialect.todayTime === 'full' ? now : startOfDay(now, zone),
		timezone: zone,
	});
}

function createEngine(dialect: KlaviyoDialect): Liquid {
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
			value === undefined ? dialect.missingValue : printed(value, dialect),
	});
	for (const [name, filter] of Object.entries(FILTERS)) engine.registerFilter(name, filter);
	for (const [name, filter] of Object.entries(dialectFilters(dialect))) {
		engine.registerFilter(name, filter);
	}
	for (const [name, operator] of Object.entries(OPERATORS)) engine.registerFilter(name, operator);
	return engine;
}

/** Midnight of the day that it is in a zone. */
function startOfDay(now: Date, timeZone: string): Date {
	const clock = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium' }).format(now);
	const [hours = 0, minutes = 0, seconds = 0] = clock.split(':').map(Number);
	return new Date(now.getTime() - ((hours * 60 + minutes) * 60 + seconds) * 1000);
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
