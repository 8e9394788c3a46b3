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

/** Words of an objection that is not the event's fault. */
const NOT_THE_EVENT =
	/unauthori[sz]|forbidden|denied|(?:access|bearer|invalid|expired|missing) token|credential|log ?in|api.?key|timed? ?out|unavailable|internal (?:server )?error|\brate limit|too many|try again|temporar|overload|maintenance|quota|throttl|paused|disabled|suspended|blocked|gateway|(?:unknown|no such|invalid) (?:source|stream|endpoint|tenant|workspace|project)/i;

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
	const said = isWebPage(answer) ? null : wordsIn(answer.body);
	const isOfEvent = named.size > 0 || !NOT_THE_EVENT.test(said ?? '');
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
	// 207 promises to say what became of each.
	const isUntold = answer.status === 207 && !found.isTold;
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
	const reason = isRefusal ? words : `Meiro answered ${answer.status}, and says no: ${words}`;
	return { named, rest: { ...judge(found.all), reason }, others: 'settled' };
}

function refused(named: Map<number, Objection>): Map<number, Judgement> {
	return new Map([...named].map(([position, objection]) => [position, judge(objection)]));
}

/** Rejected is only what sending again can't help. */
function judge({ words, status, isRefusal }: Objection): Judgement {
	const isOfEvent = status === null ? isRefusal && !NOT_THE_EVENT.test(words) : CONTENT.has(status);
	return { status: isOfEvent ? 'rejected' : 'failed', reason: words };
}
