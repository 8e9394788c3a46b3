import { clip, isSomething, isWebPageText, jsonText, messageOf } from '../http/answer';
import {
	ASIDE,
	COUNT,
	COUNT_OF_ANY,
	DUPLICATES,
	ECHO,
	ELSEWHERE,
	isFalse,
	isNoStatus,
	isObjectionName,
	isThere,
	isTrue,
	meaningIn,
	MESSAGE,
	NO,
	POSITIONS,
	REMARK,
	saysNothing,
	STATUS,
	VERDICT,
	WRAPPER,
	YES,
} from './answerWords';

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
	/** Gives the names of the events: 'payment_failed' says nothing of its delivery. */
	names?(): string[];
}

/** Deeper, or with more in it, no answer of a collector is. */
const MAX_DEPTH = 8;
const MAX_VALUES = 300_000;

const LEAST_ID_LENGTH = 12;

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

	/** Most that anything was counted. */
	private counting: number | null = null;

	/** How many Meiro had already. */
	private duplicates = 0;

	/** What the answer says without a word that can be told for a yes or a no. */
	private open: string | null = null;

	/** What says that there are objections without saying which: the number of rejected ones, or 'true'. */
	private counted: { count: number; words: string } | null = null;

	constructor(private readonly sent: Sent) {}

	read(given: unknown): Objections {
		const body = parsed(given);
		if (typeof body === 'string') this.readText(body);
		else if (body === false) this.oppose('the answer is false');
		else if (typeof body === 'number') this.readNumber(body);
		else this.inspect(body, 0);
		return this.end();
	}

	private readText(text: string): void {
		if (text === '' || text === 'null') return;
		if (/^-?\d+$/.test(text)) this.readNumber(Number(text));
		else if (text.toLowerCase() === 'false') this.oppose('the answer is false');
		else if (isWebPageText(text)) this.oppose('the answer is a web page');
		// Cut off.
		else if (/^[[{]/.test(text) && !/[\]}]$/.test(text)) this.open ??= text;
		else this.readWords(text, text);
	}

	private readNumber(number: number): void {
		if (number <= 0 || (number >= 300 && number < 600)) this.oppose(`the answer is ${number}`);
	}

	/** Objections that are counted and not named concern somebody. */
	private end(): Objections {
		const { counted, found } = this;
		if (this.counting === 0 && found.taken === null) this.take(0);
		if (found.taken !== null) found.taken += this.duplicates;
		if (this.open !== null && !found.isTold) this.oppose(this.open);
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
			const key = plainName(name);
			if (isObjectionName(key)) this.readObjection(value, key);
			else if (isEcho || ECHO.test(key) || name === '__proto__') continue;
			else if (YES.test(key) && countOf(value) === 0 && hasDuplicates(object)) this.take(0);
			else if (YES.test(key) && isNo(value)) this.oppose(this.wordsOf(object));
			else if (YES.test(key) && isTrue(value)) this.found.isTold = true;
			else if (NO.test(key) && isTrue(value)) this.opposeUnlessThere(object);
			else if (ELSEWHERE.test(key) && typeof value === 'string' && value !== '')
				this.oppose(this.wordsOf(object));
			else if (COUNT_OF_ANY.test(key) && typeof value === 'number')
				this.counting = Math.max(value, this.counting ?? 0);
			else if (DUPLICATES.test(key)) this.duplicates += countOf(value) ?? 0;
			else if (isCount(key, value)) this.take(countOf(value)!);
			else if (STATUS.test(key) && typeof value !== 'object') this.readStatus(value, key, object);
			else if (MESSAGE.test(key) && typeof value === 'string' && depth < 2)
				this.readWords(value, this.wordsOf(object));
			else if (REMARK.test(key) && typeof value === 'string' && depth < 2)
				this.readRemark(value, object);
			else if (WRAPPER.test(key) && typeof value === 'string') this.readWrapped(value, depth);
			else if (ASIDE.test(key) && Array.isArray(value)) continue;
			else if (this.sent.count > 1 && positionIn(name, this.sent.count) !== undefined)
				this.readAt(value, Number(name), depth);
			else if (this.positionOfId(name) !== undefined)
				this.readAt(value, this.positionOfId(name)!, depth);
			else this.inspect(value, depth + 1);
		}
	}

	/** An ID or a text of somebody else, unless it is an answer, or a page for people. */
	private readWrapped(text: string, depth: number): void {
		const value = parsed(text);
		if (typeof value !== 'string') this.inspect(value, depth + 1);
		else if (isWebPageText(value) || this.meaningIn(value) === 'no') this.oppose(value);
	}

	/** A list of what became of each event, or of something else. */
	private inspectList(list: unknown[], depth: number): void {
		const isOfEvents = list.length === this.sent.count;
		let told = 0;
		for (const [position, entry] of list.entries()) {
			if (++this.values > MAX_VALUES) return this.inspect({}, MAX_DEPTH + 1);
			if (typeof entry === 'object') {
				if (this.inspectEntry(entry, isOfEvents ? position : null, depth)) told++;
			} else if (isOfEvents) this.readShort(entry, position);
		}
		// What became of some, and no word of the others.
		if (told === list.length && told > 0 && told < this.sent.count) this.take(told);
	}

	private readAt(value: unknown, position: number, depth: number): void {
		if (typeof value === 'object') this.inspectEntry(value, position, depth);
		else this.readShort(value, position);
	}

	/** What became of an event in a word or a status. */
	private readShort(entry: unknown, position: number): void {
		const isNo = entry === false || this.isNoStatus(entry);
		const status = typeof entry === 'number' && entry >= 300 && entry < 600 ? entry : null;
		if (isNo || status !== null) this.name(position, String(entry), status);
	}

	/**
	 * @param known the position at which the entry stands in the answer
	 * @returns whether it says what became of the event
	 */
	private inspectEntry(entry: unknown, known: number | null, depth: number): boolean {
		const own = new Reading({ ...this.sent, count: 1 });
		own.inspect(entry, depth + 1);
		const { all, named, isTold } = own.end();
		this.values += own.values;
		this.found.isTold ||= isTold;
		const objection = all ?? [...named.values()][0];
		if (objection === undefined) return isTold;
		const { words, isRefusal, status } = objection;
		const position = this.positionOf(entry) ?? known ?? undefined;
		if (position === undefined) this.oppose(words, isRefusal, status);
		else this.name(position, words, status);
		return isTold;
	}

	/** `errors`, `failed` and the like: a list, one of them, a number of them, or objects by position. */
	private readObjection(value: unknown, key: string): void {
		this.found.isTold = true;
		if (holdsNothing(value) && this.positionOf(value) === undefined) return;
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

	private readStatus(value: unknown, key: string, object: Record<string, unknown>): void {
		const number = statusIn(value);
		if (number >= 100 && number < 600) {
			this.found.isTold = true;
			if (number >= 300) this.oppose(this.wordsOf(object), false, number);
		} else if (number < 0) this.oppose(this.wordsOf(object));
		else if (this.isNoStatus(value)) this.opposeUnlessThere(object);
		else if (value === false) this.oppose(this.wordsOf(object));
		else if (VERDICT.test(key) && typeof value === 'string' && Number.isNaN(number)) {
			const words = value.replace(/_/g, ' ').replace(/([a-z])([A-Z])/g, '$1 $2');
			if (this.meaningIn(words) === 'yes') this.found.isTold = true;
			else if (words.trim() !== '') this.open ??= this.wordsOf(object);
		}
	}

	/** 'ignored' of what Meiro has already is no objection. */
	private opposeUnlessThere(object: Record<string, unknown>): void {
		if (!isThere(jsonText(object))) this.oppose(this.wordsOf(object));
	}

	private readWords(text: string, words: string): void {
		const meaning = this.meaningIn(text);
		const [, some, all] =
			/\b(\d{1,6}) ?(?:of|out of|\/) ?(\d{1,6})\b/.exec(text.slice(0, 2000)) ?? [];
		if (meaning === 'no' || Number(some) < Number(all)) this.oppose(words);
		else if (meaning === 'open' && text.trim() !== '') this.open ??= words;
	}

	private readRemark(text: string, object: Record<string, unknown>): void {
		if (this.meaningIn(text) === 'no') this.opposeUnlessThere(object);
	}

	private meaningIn(text: string): 'yes' | 'no' | 'open' {
		const meaning = meaningIn(text);
		// 'Payment Failed' may be what the event is called.
		return meaning === 'no' ? meaningIn(this.withoutNames(text)) : meaning;
	}

	private isNoStatus(value: unknown): boolean {
		return isNoStatus(value) && isNoStatus(this.withoutNames(String(value)));
	}

	private withoutNames(text: string): string {
		const names = new Set(this.sent.names?.() ?? []);
		const spellings = [...names].map((name) => name.split(/[^\p{L}\d]+/u).filter(Boolean));
		return spellings
			.filter((words) => words.length > 1)
			.reduce(
				(left, words) => left.replace(new RegExp(words.join('[^\\p{L}\\d]*'), 'giu'), ''),
				text,
			);
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
			position: entryPosition,
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
		for (const one of [index, idx, event_index, eventIndex, entryPosition]) {
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
	const isNumber = typeof value === 'number' || /^\d{1,9}$/.test(String(value));
	return isNumber && Number.isFinite(Number(value)) ? Number(value) : null;
}

/** Of what says yes by being true, 1 may be 'true', and any more is a number of events. */
function isCount(key: string, value: unknown): boolean {
	const count = countOf(value);
	if (count === null) return false;
	return COUNT.test(key) || (YES.test(key) && (count > 1 || Array.isArray(value)));
}

function hasDuplicates(object: Record<string, unknown>): boolean {
	return Object.entries(object).some(
		([name, value]) => DUPLICATES.test(plainName(name)) && (countOf(value) ?? 0) > 0,
	);
}

function plainName(name: string): string {
	return name.toLowerCase().replace(/[^\p{L}\d]/gu, '');
}

/** Where a yes would stand. */
function isNo(value: unknown): boolean {
	return isFalse(value) || isNoStatus(value);
}

/** 503 of 503, '503' and 'HTTP/1.1 503 Service Unavailable'; NaN where there is none. */
function statusIn(value: unknown): number {
	if (typeof value === 'number') return value;
	const text = /^(?:HTTP\/[\d.]+ )?(-\d+|\d{3}\b(?!-))|^\d+$/i.exec(String(value));
	return text === null ? Number.NaN : Number(text[1] ?? text[0]);
}

/** What stands where an objection would, and is none: 'no error', 0, { code: 0, message: '' }. */
function holdsNothing(value: unknown, depth = 0): boolean {
	if (typeof value === 'string' || typeof value === 'number') return saysNothing(String(value));
	if (!isSomething(value)) return true;
	if (typeof value !== 'object' || Array.isArray(value) || depth > 2) return false;
	return Object.values(value as object).every((one) => holdsNothing(one, depth + 1));
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
	return parsedJson(text) ?? parsedLines(text) ?? text;
}

function parsedJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

/** One JSON text a line, to the first that is none. */
function parsedLines(text: string): unknown[] | undefined {
	const values: unknown[] = [];
	for (const line of text.split('\n')) {
		if (line.trim() === '') continue;
		const value = parsedJson(line);
		if (value === undefined) return undefined;
		values.push(value);
	}
	return values;
}
