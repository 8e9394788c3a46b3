import { clip, isSomething, jsonText, messageOf } from '../http/answer';

export interface Objection {
	/** The service's own. */
	words: string;
	/** The status that stands in the body in place of the answer's own, e.g. 422 in a 207. */
	status: number | null;
	/** It stands where objections to what was sent stand, and does not only say that it did not work out. */
	isRefusal: boolean;
}

/** What the body of an answer says against the events of its request. */
export interface Objections {
	/** Against single events, by position. */
	named: Map<number, Objection>;
	/** Against the request, or against events that it does not name. */
	all: Objection | null;
	/** How many events the body says were taken; null when it gives no number. */
	taken: number | null;
	/** There was a word or a status for a yes or a no. */
	isTold: boolean;
}

/** The events of a request, as an answer may point to them. */
export interface Sent {
	count: number;
	/** Gives the IDs of the events by position. */
	ids?(): string[];
}

/** Deeper, or with more in it, no answer of a collector is. */
const MAX_DEPTH = 8;
const MAX_VALUES = 300_000;

const LEAST_ID_LENGTH = 12;

/** Names without case, blanks, _ and -: 'failed_events', 'errorCode', 'hasErrors'. */
const OBJECTION =
	/^(?:num|total|has|is|event|item|record|row|field|batch|partial|validation|schema|api|server|internal|request|processing|ingestion|user|client|input|system|fatal)*(?:errors?|err(?:no)?|exceptions?|faults?|fail(?:ed|ures?)?|reject(?:ed|ions?)?|invalid|bad|dropped|discarded|refused|unprocessed|deadletters?|dlq|issues|problems|violations|not(?:accepted|received|stored|delivered|ingested|inserted|saved|processed))(?:put|events?|items?|records?|rows?|messages?|msg|codes?|types?|strings?|traces?|count|ids?|details?|descriptions?|index(?:es)?|indices|positions?)*$/;
/** 'rejected_indexes': its entries are positions, and not what stands at them. */
const POSITIONS = /(?:index(?:es)?|indices|positions?)$/;
const YES =
	/^(?:is|was|all)?(?:success(?:ful|fully)?|succeeded|ok|okay|accepted|valid|ack(?:nowledged)?|received|stored|delivered|ingested|inserted|written|persisted|recorded|published|imported|enqueued|sent|saved|completed?|loggedin|authori[sz]ed|authenticated)$/;
/** What may count anything, but by 0 says that nothing was taken. */
const COUNT_OF_ANY = /^(?:num|total)?(?:count|(?:events?|items?|records?|rows?)(?:count)?)$/;
/** What says no by being true. */
const NO =
	/^(?:is|was|has)?(?:(?:login|auth(?:entication)?|captcha)required|captcha|maintenance(?:mode)?|blocked|disabled|paused|suspended|throttled|ratelimited|denied|unauthori[sz]ed|unauthenticated|forbidden|expired|timed?out|partial|skipped|ignored)$/;
const COUNT =
	/^(?:num|total)?(?:accepted|received|stored|delivered|ingested|inserted|written|persisted|recorded|published|imported|enqueued|saved|succeeded|successful|successes|successcount)(?:events?|items?|records?|rows?|count|ids?)?$/;
const STATUS =
	/^(?:status|state|result|outcome|ret|retcode|returncode|code|type|level|severity|(?:http|result|response|status)(?:status)?(?:code|text|message|status)?)$/;
/** Where a page for people is. */
const ELSEWHERE = /^(?:redirect|login)(?:to|url|uri)?$/;
/** Its text may be an answer of its own. */
const WRAPPER = /^(?:body|response|responsebody|result|data|content)$/;
const MESSAGE = /^(?:message|msg|detail|reason|text|title)$/;
/** Below these stands what was sent, repeated. */
const ECHO =
	/^(?:payload|eventpayload|properties|profile|request|input|echo|identifiers|headers|args|form|traits|attributes)$/;

const NO_STATUS = new Set(
	'error errors err fail failed failure reject rejected rejection invalid denied unauthorized unauthorised unauthenticated bad forbidden refused dropped discarded ignored ko nok nack not no partial partially timeout unavailable exception expired blocked aborted cancelled unprocessed skipped throttled limited disabled suspended paused offline down missing unknown unsupported unhealthy overloaded incomplete malformed retry'.split(
		' ',
	),
);
const NO_WORDS = new RegExp(
	`\\b(?:${[
		'errors?|exceptions?|fail(?:s|ed|ure|ures|ing)?|invalid|malformed|illegal|unsupported|unknown|missing|undefined',
		'unauthori[sz]ed|unauthenticated|forbidden|denied|rejected|refused|dropped|discarded|ignored|skipped|aborted',
		'not (?:found|allowed|accepted|authori[sz]ed|authenticated|permitted|valid|supported|known|ok|configured|defined|active|enabled|recogni[sz]ed|implemented|stored|saved|received|delivered|taken|match)',
		"(?:is|are|field) required|must (?:be|have|not)|does(?: not|n't)|no such|no healthy|nothing to do|went wrong|sorry|oops",
		'bad (?:request|gateway)|gateway time-?out|default backend|unavailable|maintenance|under construction|disabled|paused|suspended|overloaded',
		"could ?n[o']t|can(?:not|'t)|unable|expired|blocked|timed? ?out|try again|throttl(?:ed|ing)|rate.?limit(?:s|ed|ing)?|quota|too (?:many|large)|limit exceeded",
		'(?:log|sign) ?in|captcha|enable javascript|moved permanently|redirect(?:ed|ing)?',
	].join('|')})\\b`,
	'i',
);
/** The same where the people of a proxy speak Czech, German, French or Spanish. */
const NO_WORDS_ELSEWHERE =
	/\bchyb[ay]\b|neplatn|údržb|nenalezen|zamítnut|přihlas|přihlášen|fehler|ungültig|wartung|abgelaufen|anmelde|verweigert|erreur|interdit|échec|no autorizado|inválid|mantenimiento/i;
/** A no without a word for one: 'ok=false', 'accepted: 0', '0 events accepted'. */
const NO_VALUES =
	/\b(?:ok|success(?:ful)?|accepted|valid|ack|received|stored|delivered|saved)["']?\s*[:=]\s*["']?(?:false|no|0)\b|\b(?:0|no|zero|none) (?:events? |of them )?(?:was |were )?(?:accepted|stored|received|delivered|saved|taken)\b/i;
/** What Meiro has already is there, and is passed over. */
const IS_THERE = /\bduplicat|\balready\b/i;
const PASSED_OVER = /\b(?:skipped|ignored|dropped|discarded)\b/gi;
const NO_ERRORS =
	/\b(?:no|0|zero|without(?: any)?) (?:errors?|failures?|exceptions?|events? (?:failed|rejected|dropped|ignored|skipped)|failed|rejected|missing|dropped|ignored|skipped)\b|\b(?:errors?|failed|failures?|rejected|missing|dropped|discarded|ignored|skipped)["']?\s*[:=]\s*(?:0|null|none|false|no(?=\s*(?:[,;.}]|$))|\[\]|\{\}|"")(?!\w)/gi;
/** Texts that say nothing, or nothing against it, where an objection would stand. */
const NOTHING = /^\s*(?:|0|none|null|nil|false|no|ok|n\/a|-|success)\s*$/i;

/** Reads what an answer that came with a 2xx says all the same. Never throws, whatever the body is. */
export function objectionsIn(body: unknown, sent: Sent): Objections {
	return new Reading(sent).read(body);
}

class Reading {
	private readonly found: Objections = {
		named: new Map(),
		all: null,
		taken: null,
		isTold: false,
	};

	private values = 0;

	private countedNone = false;

	/** What says that there are objections without saying which: the number of rejected ones, or 'true'. */
	private counted: { count: number; words: string } | null = null;

	constructor(private readonly sent: Sent) {}

	read(given: unknown): Objections {
		const body = parsed(given);
		if (body === false || body === 0 || body === '0' || body === 'false')
			this.oppose(`the answer is ${String(body)}`);
		else if (typeof body === 'string') this.readWords(body, body);
		else this.inspect(body, 0);
		return this.end();
	}

	/** Objections that are counted and not named concern somebody. */
	private end(): Objections {
		const { counted, found } = this;
		if (this.countedNone && found.taken === null) this.take(0);
		if (counted !== null && counted.count > found.named.size) this.oppose(counted.words, true);
		return found;
	}

	private oppose(words: string, isRefusal = false, status: number | null = null): void {
		this.found.isTold = true;
		const { all } = this.found;
		if (all === null) this.found.all = { words: clip(words), status, isRefusal };
		else if (isRefusal && !all.isRefusal) {
			this.found.all = { words: clip(words), status: all.status ?? status, isRefusal };
		}
	}

	private inspect(value: unknown, depth: number): void {
		if (typeof value !== 'object' || value === null) return;
		if (depth > MAX_DEPTH || ++this.values > MAX_VALUES) {
			this.oppose('the answer is too large or too deep to be understood');
		} else if (Array.isArray(value)) this.inspectList(value, depth);
		else this.inspectObject(value as Record<string, unknown>, depth);
	}

	private inspectObject(object: Record<string, unknown>, depth: number): void {
		const isEcho = isRepeatedEvent(object);
		for (const [name, value] of Object.entries(object)) {
			const key = name.toLowerCase().replace(/[\s_-]/g, '');
			if (OBJECTION.test(key)) this.readObjection(value, key);
			else if (isEcho || ECHO.test(key) || name === '__proto__') continue;
			else if (YES.test(key) && isFalse(value)) this.oppose(this.wordsOf(object));
			else if (NO.test(key) && isTrue(value)) this.opposeUnlessThere(object);
			else if (ELSEWHERE.test(key) && typeof value === 'string' && value !== '')
				this.oppose(this.wordsOf(object));
			else if (COUNT_OF_ANY.test(key) && value === 0) this.countedNone = true;
			else if (COUNT.test(key) && countOf(value) !== null) this.take(countOf(value)!);
			else if (STATUS.test(key) && typeof value !== 'object') this.readStatus(value, object);
			else if (MESSAGE.test(key) && typeof value === 'string' && depth < 2)
				this.readWords(value, this.wordsOf(object));
			else if (WRAPPER.test(key) && typeof value === 'string')
				this.inspect(parsed(value), depth + 1);
			else if (this.positionOfId(name) !== undefined) this.inspectEntry(value, name, depth);
			else this.inspect(value, depth + 1);
		}
	}

	/** A list of what became of each event, or of something else. */
	private inspectList(list: unknown[], depth: number): void {
		const isOfEvents = list.length === this.sent.count;
		for (const [position, entry] of list.entries()) {
			if (++this.values > MAX_VALUES) return this.inspect({}, MAX_DEPTH + 1);
			if (typeof entry === 'object') {
				this.inspectEntry(entry, isOfEvents ? position : null, depth);
			} else if (isOfEvents && (entry === false || isNoStatus(entry))) {
				this.name(position, String(entry));
			}
		}
	}

	/** @param known the position, or the ID, by which the entry stands in the answer */
	private inspectEntry(entry: unknown, known: number | string | null, depth: number): void {
		const own = new Reading({ ...this.sent, count: 1 });
		own.inspect(entry, depth + 1);
		const { all, named, isTold } = own.end();
		this.values += own.values;
		this.found.isTold ||= isTold;
		const objection = all ?? [...named.values()][0];
		if (objection === undefined) return;
		const { words, isRefusal, status } = objection;
		const position =
			this.positionOf(entry) ??
			(typeof known === 'string' ? this.positionOfId(known) : (known ?? undefined));
		if (position === undefined) this.oppose(words, isRefusal, status);
		else this.name(position, words, status);
	}

	/** `errors`, `failed` and the like: a list, one of them, a number of them, or objects by position. */
	private readObjection(value: unknown, key: string): void {
		this.found.isTold = true;
		if (!isSomething(value) || (typeof value === 'string' && NOTHING.test(value))) return;
		if (typeof value !== 'object' || value === null) {
			const count = Number(value);
			if (Number.isNaN(count)) return this.oppose(messageOf(value), true);
			this.counted = {
				count: Math.max(1, count, this.counted?.count ?? 0),
				words: messageOf(value),
			};
			return;
		}
		if (!Array.isArray(value) && this.positionOf(value) === undefined) {
			const keyed = Object.entries(value).map(([key, entry]) => ({
				position: positionIn(key, this.sent.count) ?? this.positionOfId(key),
				entry: entry as unknown,
			}));
			if (keyed.every(({ position }) => position !== undefined)) {
				for (const { position, entry } of keyed) this.name(position!, messageOf(entry));
				return;
			}
		}
		const list: unknown[] = Array.isArray(value) ? value : [value];
		const standsByPosition =
			list.length === this.sent.count && list.some(isSomething) && !list.every(isSomething);
		const holdsPositions = POSITIONS.test(key);
		for (const [at, entry] of list.entries()) {
			if (standsByPosition && !holdsPositions && !isSomething(entry)) continue;
			const position = holdsPositions
				? positionIn(entry, this.sent.count)
				: standsByPosition
					? at
					: this.positionOf(entry);
			if (position === undefined) this.oppose(messageOf(entry), true);
			else this.name(position, messageOf(entry));
		}
	}

	private readStatus(value: unknown, object: Record<string, unknown>): void {
		const number =
			typeof value === 'number' ? value : /^\d{3}$/.test(String(value)) ? Number(value) : NaN;
		if (number >= 100 && number < 600) {
			this.found.isTold = true;
			if (number >= 300) this.oppose(this.wordsOf(object), false, number);
		} else if (number < 0 || /^-\d+$/.test(String(value))) this.oppose(this.wordsOf(object));
		else if (isNoStatus(value)) this.opposeUnlessThere(object);
	}

	/** 'ignored' of what Meiro has already is no objection. */
	private opposeUnlessThere(object: Record<string, unknown>): void {
		const said = jsonText(object);
		if (!IS_THERE.test(said) || NO_WORDS.test(said.replace(PASSED_OVER, '')))
			this.oppose(this.wordsOf(object));
	}

	private readWords(text: string, words: string): void {
		const start = text.slice(0, 2000).replace(NO_ERRORS, '');
		const said = IS_THERE.test(start) ? start.replace(PASSED_OVER, '') : start;
		const isNo = [NO_WORDS, NO_WORDS_ELSEWHERE].some((no) => no.test(said));
		if (isNo || NO_VALUES.test(text.slice(0, 2000))) this.oppose(words);
	}

	private take(count: number): void {
		this.found.isTold = true;
		this.found.taken = Math.min(count, this.found.taken ?? Number.POSITIVE_INFINITY);
	}

	private name(position: number, words: string, status: number | null = null): void {
		this.found.isTold = true;
		if (this.found.named.has(position)) return;
		this.found.named.set(position, { words: clip(words), status, isRefusal: true });
	}

	/** The event that an objection points to: by index, by the path of a field, or by the event's ID. */
	private positionOf(entry: unknown): number | undefined {
		if (typeof entry === 'string') return this.positionOfId(entry);
		const {
			index,
			idx,
			event_index,
			eventIndex,
			path,
			loc,
			instancePath,
			pointer,
			event_id,
			eventId,
			id,
		} = (entry ?? {}) as Record<string, unknown>;
		const { count } = this.sent;
		for (const one of [index, idx, event_index, eventIndex]) {
			const position = positionIn(one, count);
			if (position !== undefined) return position;
		}
		for (const one of count > 1 ? [path, loc, instancePath, pointer] : []) {
			const position = positionIn(firstStep(one), count);
			if (position !== undefined) return position;
		}
		for (const one of [event_id, eventId, id]) {
			const position = typeof one === 'string' ? this.positionOfId(one) : undefined;
			if (position !== undefined) return position;
		}
		return undefined;
	}

	private positionOfId(id: string): number | undefined {
		// Shorter ones are names of fields rather than IDs.
		const position = id.length < LEAST_ID_LENGTH ? -1 : (this.sent.ids?.().indexOf(id) ?? -1);
		return position < 0 ? undefined : position;
	}

	/** The words of an object that says no without an objection. */
	private wordsOf(object: Record<string, unknown>): string {
		const { message, msg, detail, reason, title, error } = object;
		const said = [message, msg, detail, reason, title, error].find(
			(text) => typeof text === 'string' && text.trim() !== '',
		);
		return typeof said === 'string' ? said : jsonText(object);
	}
}

/** An index as a number, or as text: -0, 1.5 and 1e308 are none. */
function positionIn(value: unknown, count: number): number | undefined {
	const isIndex =
		typeof value === 'number'
			? Number.isInteger(value)
			: typeof value === 'string' && /^\d{1,9}$/.test(value);
	const position = isIndex ? Number(value) + 0 : -1;
	return position >= 0 && position < count ? position : undefined;
}

/** 1 of '/1/event_time', '[1].event_time', 'events.1' and ['body', 1, 'event_time']. */
function firstStep(path: unknown): unknown {
	const steps: unknown[] = Array.isArray(path)
		? path
		: typeof path === 'string'
			? path.split(/[/.[\]]+/).filter((step) => step !== '')
			: [];
	const [first, second] = steps;
	return /^(?:\$|#|body|data|events|items|customer_events)$/.test(String(first)) ? second : first;
}

/** Whether an answer repeats an event here, whose own words say nothing of its delivery. */
function isRepeatedEvent(object: Record<string, unknown>): boolean {
	const has = (key: string) => Object.hasOwn(object, key);
	return (
		['payload', 'event_payload', 'properties', 'profile'].some(has) &&
		['event_name', 'event_type', 'type'].some(has)
	);
}

/** How many a number or a list says were taken. */
function countOf(value: unknown): number | null {
	if (Array.isArray(value)) return value.length;
	return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

function isFalse(value: unknown): boolean {
	return value === false || value === 0 || /^(?:false|no|0)$/i.test(String(value));
}

function isTrue(value: unknown): boolean {
	return value === true || /^(?:true|yes)$/i.test(String(value));
}

/** Whether a status word means no: 'rejected', 'PARTIAL_SUCCESS', 'not accepted'. */
function isNoStatus(value: unknown): boolean {
	if (typeof value !== 'string' || value.length > 100) return false;
	const words = value.replace(NO_ERRORS, '').replace(/([a-z])([A-Z])/g, '$1 $2');
	return words
		.toLowerCase()
		.split(/[^a-z]+/)
		.some((word) => NO_STATUS.has(word));
}

/** JSON that came as text, as n8n leaves what is not declared as JSON. */
function parsed(body: unknown): unknown {
	if (typeof body !== 'string') return body;
	// Behind what keeps a browser from running it, or in a call of a function.
	const text = body
		.trim()
		.replace(/^\)\]\}',?\s*/, '')
		.replace(/^[\w$.]{1,100}\(\s*([[{][^]*[\]}])\s*\);?$/, '$1');
	if (!/^[[{"]/.test(text)) return text;
	try {
		return JSON.parse(text);
	} catch {
		return text;
	}
}
