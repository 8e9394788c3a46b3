import { describeAnswer, isWebPage, wordsIn, type Answer } from '../http/answer';
import { objectionsIn, type Objection, type Sent } from './objections';
import { settledAs, type Judgement, type Verdict } from './verdict';

/**
 * What a mistake of the set-up shows as: a web page in place of an answer, an address that leads elsewhere, a login
 * that is not accepted, a request that is forbidden, an address where there is nothing.
 */
export type SetUpFault = 'page' | 'redirect' | 'login' | 'forbidden' | 'address';

/** How a door of Meiro is spoken of. */
export interface Wording {
	/** A sentence on a mistake of the set-up, with the fix. */
	setUp(fault: SetUpFault, answer: Answer): string;
	/** What to do about a request of several events that was taken in part. */
	findOut: string;
}

/** Statuses by which Meiro may mean one event of several; sending the same again can't help. */
const CONTENT = new Set([400, 409, 413, 414, 422]);

/** Words of an objection that is not the event's fault, but the caller's, the source's or of the moment. */
const NOT_THE_EVENT = new RegExp(
	[
		'unauthori[sz]|forbidden|denied|credential|log ?in|api.?key|signature|password|invalid.?client',
		'(?:access|api|auth\\w*|bearer|invalid|expired|missing)[ _-]?token|token[ _-]?(?:(?:is|has|was) )?(?:invalid|expired|missing|revoked)',
		'timed? ?out|unavailable|internal (?:server )?error|\\brate limit|too many|try again|temporar|overload|maintenance|quota|throttl',
		'paused|disabled|suspended|blocked|gateway|https? port|invalid host|host header|headers? or cookie|missing [\\w-]{1,40} header',
		'(?:unknown|no such|invalid) (?:source|stream|endpoint|tenant|workspace|project)',
		"\\b(?:source|stream|endpoint|collection|tenant|workspace|project|account|subscription|licen[cs]e)\\b[^.]{0,40}\\b(?:not (?:found|configured|enabled|active)|does(?: not|n't) exist|unknown|inactive|expired|deleted|archived)",
	].join('|'),
	'i',
);

/** Names of fields and values of the event in an objection: 'properties.payment_gateway', 'field "blocked_by"'. */
const NAMED = /(["'`])[^"'`]{1,100}\1|[\p{L}\d_$]*(?:[./][\p{L}\d_$*-]+)+/gu;

/** By a 409: the event itself is there, e.g. as the answer to it got lost on the way. */
const HAS_THE_EVENT =
	/\bduplicated? (?:event|message|record|request)(?:s|_id| id)?\b|\bevents?(?:_id| id)?\b[^.]{0,60}\b(?:already|is a duplicate)\b|\balready (?:have|has|got|received|stored|processed|ingested) (?:this|the|that) event\b/i;

/**
 * What a final answer of Meiro's means, event by event. A yes is a 2xx without a word against it; what is in doubt is
 * failed: sending it again is safe, as its event_id stays. The table stands in docs/meiro.md.
 */
export function readAnswer(answer: Answer, sent: Sent, wording: Wording): Verdict {
	const fault = faultIn(answer);
	if (fault !== null) {
		const reason = wording.setUp(fault, answer);
		const rest: Judgement = { status: 'failed', reason, isSetUp: true };
		// A firewall may forbid what one event holds.
		return { ...settledAs(rest), others: fault === 'forbidden' ? 'apart' : 'settled' };
	}
	const isTaken = answer.status >= 200 && answer.status < 300;
	return isTaken ? readBody(answer, sent, wording) : readRefusal(answer, sent);
}

/** Null for an answer that speaks of the events. */
export function faultIn(answer: Answer): SetUpFault | null {
	const { status } = answer;
	if (status >= 300 && status < 400) return 'redirect';
	if (status === 401 || status === 407 || status === 511) return 'login';
	if (status === 403 || status === 451) return 'forbidden';
	if ([404, 405, 410, 415, 421, 426].includes(status)) return 'address';
	return status !== 413 && isWebPage(answer) ? 'page' : null;
}

function readRefusal(answer: Answer, sent: Sent): Verdict {
	const reason = describeAnswer(answer);
	if (!CONTENT.has(answer.status)) return settledAs({ status: 'failed', reason });
	const { named } = objectionsIn(answer.body, sent);
	// Of the caller or the source, though the status is one for content.
	const said = (isWebPage(answer) ? null : wordsIn(answer.body)) ?? '';
	if (answer.status === 409 && sent.count === 1 && HAS_THE_EVENT.test(said)) {
		return settledAs({ status: 'delivered', reason: `Meiro has the event already: ${said}` });
	}
	const isOfEvent = named.size > 0 || isAgainstTheEvent(said);
	return {
		named: refused(named),
		rest: { status: isOfEvent ? 'rejected' : 'failed', reason },
		others: named.size > 0 ? 'again' : 'apart',
	};
}

function readBody(answer: Answer, sent: Sent, { findOut }: Wording): Verdict {
	const { count } = sent;
	const found = objectionsIn(answer.body, sent);
	const named = refused(found.named);
	const isShort = found.taken !== null && found.taken < count - named.size;
	// 207 promises to say what became of each, and 206 is a part of something.
	const isUntold = (answer.status === 207 || answer.status === 206) && !found.isTold;
	if (found.all === null && !isShort && !isUntold) {
		return { named, rest: { status: 'delivered' }, others: 'settled' };
	}
	if (count > 1) {
		const taken = isShort ? `took ${found.taken} of the ${count} events of this request and` : '';
		const said = found.all === null ? '' : `: ${found.all.words}`;
		const rest = `Meiro ${taken || `answered ${answer.status} to ${count} events and`} did not say which it took${said}. ${findOut}`;
		return { named, rest: { status: 'failed', reason: rest }, others: 'settled' };
	}
	if (found.all === null) {
		const reason = `Meiro answered ${answer.status} and did not take the event`;
		return settledAs({ status: 'failed', reason });
	}
	const { words, isRefusal } = found.all;
	const reason = isRefusal
		? words
		: `Meiro answered ${answer.status}, and that is no clear yes: ${words}`;
	return { named, rest: { ...judge(found.all), reason }, others: 'settled' };
}

function refused(named: Map<number, Objection>): Map<number, Judgement> {
	return new Map([...named].map(([position, objection]) => [position, judge(objection)]));
}

/** Rejected is only what sending again can't help. */
function judge({ words, status, isRefusal }: Objection): Judgement {
	const isOfEvent = status === null ? isRefusal && isAgainstTheEvent(words) : CONTENT.has(status);
	return { status: isOfEvent ? 'rejected' : 'failed', reason: words };
}

function isAgainstTheEvent(words: string): boolean {
	// An objection that is shown as JSON is all names and values.
	const plain = /^[[{]/.test(words) ? words : words.replace(NAMED, '');
	return !NOT_THE_EVENT.test(/\p{L}/u.test(plain) ? plain : words);
}
