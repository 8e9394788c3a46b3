// What Meiro, or whatever stands before it, may answer, and what a person would say that it means.
import { readAnswer, type Wording } from '../../../../nodes/shared/delivery/readAnswer';

export const WORDING: Wording = {
	findOut: 'Send them one by one.',
	setUp: (fault, { status }) => `set-up: ${fault} (${status})`,
};

const IDS = ['id-0000-0000-0000', 'id-1111-1111-1111', 'id-2222-2222-2222'];

const JSON_TYPE = 'application/json';
const HTML = 'text/html; charset=utf-8';
const TEXT = 'text/plain';

/** What each event of a request came to, in one letter: delivered, rejected, failed; ? is found out by sending again. */
export function meaningOf(status: number, type: string, body: unknown, count: number): string {
	const answer = { status, headers: { 'content-type': type }, body };
	const verdict = readAnswer(answer, { count, ids: () => IDS.slice(0, count) }, WORDING);
	return Array.from({ length: count }, (_, position) => {
		const named = verdict.named.get(position);
		if (named !== undefined) return named.status[0];
		return count > 1 && verdict.others !== 'settled' ? '?' : verdict.rest.status[0];
	}).join('');
}

const page = '<!DOCTYPE html><html><title>Log in</title></html>';

/** The answer to one event. */
export const ONE: Array<[status: number, type: string, body: unknown, meaning: 'd' | 'r' | 'f']> = [
	// A yes.
	[200, JSON_TYPE, {}, 'd'],
	[200, JSON_TYPE, [], 'd'],
	[200, JSON_TYPE, null, 'd'],
	[200, TEXT, '', 'd'],
	[200, TEXT, 'OK', 'd'],
	[200, TEXT, '1', 'd'],
	[200, TEXT, 'Event received, 0 errors', 'd'],
	[200, TEXT, 'no errors', 'd'],
	[200, TEXT, '{"ok":true}', 'd'],
	[200, 'image/gif', 'GIF89a', 'd'],
	[201, JSON_TYPE, { id: 'abc' }, 'd'],
	[202, JSON_TYPE, { status: 'accepted' }, 'd'],
	[204, '', undefined, 'd'],
	[208, JSON_TYPE, { status: 'duplicate' }, 'd'],
	[200, JSON_TYPE, { success: true, errors: [] }, 'd'],
	[200, JSON_TYPE, { success: true, error: null }, 'd'],
	[200, JSON_TYPE, { error: false, message: 'Accepted' }, 'd'],
	[200, JSON_TYPE, { error: 'none', code: 0 }, 'd'],
	[200, JSON_TYPE, { accepted: 1, rejected: 0, failed: [] }, 'd'],
	[200, JSON_TYPE, { status: 200, message: 'Stored' }, 'd'],
	[200, JSON_TYPE, { data: { result: 'success', errors: {} } }, 'd'],
	[200, JSON_TYPE, { queued: true, processed: false }, 'd'],
	[200, JSON_TYPE, { warnings: ['slow'] }, 'd'],
	[207, JSON_TYPE, [{ status: 201 }], 'd'],
	// What was sent, repeated, says nothing of its delivery.
	[200, JSON_TYPE, { event: { event_type: 'payment_failed', payload: { status: 'failed' } } }, 'd'],
	[
		200,
		JSON_TYPE,
		{ event_name: 'order_rejected', status: 'rejected', profile: {}, properties: { ok: false } },
		'd',
	],
	[200, JSON_TYPE, { json: { event_payload: { error: 'card declined' }, event_type: 'x' } }, 'd'],
	// No answer of a collector: pages for people.
	[200, HTML, page, 'f'],
	[200, JSON_TYPE, { FailedPutCount: 1 }, 'r'],
	[200, JSON_TYPE, { failed_record_count: 1 }, 'r'],
	[200, JSON_TYPE, { batchItemFailures: [{ itemIdentifier: '1' }] }, 'r'],
	[200, JSON_TYPE, { not_accepted: 1 }, 'r'],
	[200, JSON_TYPE, { bad_rows: 1 }, 'r'],
	[200, JSON_TYPE, { errno: 5 }, 'r'],
	[200, JSON_TYPE, { status: 'unauthenticated' }, 'f'],
	[200, JSON_TYPE, { status: 'bad_request' }, 'f'],
	[200, JSON_TYPE, { FailedPutCount: 0, not_stored: [], bad: false }, 'd'],
	[200, HTML, '', 'f'],
	[200, 'application/xhtml+xml', '', 'f'],
	[200, TEXT, `\n ${page}`, 'f'],
	[200, JSON_TYPE, '<html>', 'f'],
	[200, '', '<?xml version="1.0"?><Error/>', 'f'],
	[201, HTML, page, 'f'],
	[400, HTML, page, 'f'],
	[422, HTML, page, 'f'],
	// What is there already, or did not happen.
	[200, JSON_TYPE, { status: 'skipped', reason: 'duplicate' }, 'd'],
	[200, JSON_TYPE, { status: 'ignored', message: 'Event already stored' }, 'd'],
	[200, TEXT, 'Duplicate event ignored', 'd'],
	[200, TEXT, 'Stored, 0 ignored, 0 missing', 'd'],
	[200, JSON_TYPE, { paused: false, dropped: 0, maintenance: false }, 'd'],
	[201, JSON_TYPE, { created: false, updated: true }, 'd'],
	// A 2xx that says no, and does not say that it is for the event.
	...['Unknown event type', 'Source is paused', 'Source not configured', 'Quota exceeded'].map(
		(message): (typeof ONE)[number] => [200, JSON_TYPE, { message }, 'f'],
	),
	...[
		...['event dropped', 'Event ignored', 'Missing required field event_time', 'throttled'],
		...['no healthy upstream', 'default backend - 404', 'Bad gateway', 'Moved Permanently'],
		...['Please enable JavaScript', 'Under construction', 'Redirecting to /login', 'Oops!'],
		...[
			'ok=false',
			'success: false',
			'accepted: 0',
			'0 events accepted',
			'Údržba',
			'Sitzung abgelaufen',
		],
		...[
			'callback({"ok":false})',
			')]}\',\n{"ok":false}',
			JSON.stringify({ body: '{"error":"Unauthorized"}' }),
		],
	].map((text): (typeof ONE)[number] => [200, TEXT, text, 'f']),
	...[...['throttled', 'rate_limited', 'skipped', 'disabled', 'down', 'paused', 'unknown']].map(
		(status): (typeof ONE)[number] => [200, JSON_TYPE, { status }, 'f'],
	),
	...[...['partial', 'captcha', 'blocked', 'maintenance', 'login_required', 'rateLimited']].map(
		(name): (typeof ONE)[number] => [200, JSON_TYPE, { [name]: true }, 'f'],
	),
	...['sent', 'enqueued', 'inserted', 'loggedIn', 'persisted', 'is_complete'].map(
		(name): (typeof ONE)[number] => [200, JSON_TYPE, { [name]: false }, 'f'],
	),
	[200, JSON_TYPE, { count: 0 }, 'f'],
	[200, JSON_TYPE, { events: 0 }, 'f'],
	[200, JSON_TYPE, { code: -1 }, 'f'],
	[200, JSON_TYPE, { ret: -5, msg: '' }, 'f'],
	[200, JSON_TYPE, { redirect: '/login' }, 'f'],
	[200, JSON_TYPE, { errorType: 'Sandbox.Timedout' }, 'f'],
	[200, JSON_TYPE, { status: 'error' }, 'f'],
	[200, JSON_TYPE, { status: 'failed', message: 'Stream is paused' }, 'f'],
	[200, JSON_TYPE, { status: 'partial_success' }, 'f'],
	[200, JSON_TYPE, { status: 'NOT_ACCEPTED' }, 'f'],
	[200, JSON_TYPE, { success: false }, 'f'],
	[200, JSON_TYPE, { success: 'false' }, 'f'],
	[200, JSON_TYPE, { Success: 0 }, 'f'],
	[200, JSON_TYPE, { ok: false }, 'f'],
	[200, JSON_TYPE, { accepted: 0 }, 'f'],
	[200, JSON_TYPE, { accepted: [] }, 'f'],
	[200, JSON_TYPE, { received: false }, 'f'],
	[200, JSON_TYPE, { message: 'Unauthorized' }, 'f'],
	[200, JSON_TYPE, { data: { success: false } }, 'f'],
	[200, JSON_TYPE, { result: { status: 'error' } }, 'f'],
	[200, JSON_TYPE, { code: 503 }, 'f'],
	[200, JSON_TYPE, { statusCode: 401, message: 'Unauthorized' }, 'f'],
	[200, JSON_TYPE, { error: 'Unauthorized' }, 'f'],
	[200, JSON_TYPE, { errors: ['Rate limit exceeded, try again'] }, 'f'],
	[200, JSON_TYPE, false, 'f'],
	[200, JSON_TYPE, 0, 'f'],
	[200, TEXT, '0', 'f'],
	[200, TEXT, 'error: no such stream', 'f'],
	[200, TEXT, 'Please log in', 'f'],
	[200, TEXT, 'Invalid API key', 'f'],
	[200, TEXT, '{"status":"error"}', 'f'],
	[207, '', '', 'f'],
	[207, JSON_TYPE, [{ status: 503 }], 'f'],
	// A 2xx that objects to the event.
	[200, JSON_TYPE, { error: 'Unknown event_type' }, 'r'],
	[200, JSON_TYPE, { errors: ['Unknown event_type'] }, 'r'],
	[200, JSON_TYPE, { errors: [{ index: 0, message: 'Unknown event_type' }] }, 'r'],
	[200, JSON_TYPE, { errors: { '0': 'Unknown event_type' } }, 'r'],
	[200, JSON_TYPE, { data: { errors: ['Unknown event_type'] } }, 'r'],
	[200, JSON_TYPE, { failed: [{ index: 0 }] }, 'r'],
	[200, JSON_TYPE, { accepted: 0, rejected: 1 }, 'r'],
	[200, JSON_TYPE, { has_errors: true }, 'r'],
	[200, JSON_TYPE, { results: [{ status: 'rejected', reason: 'schema' }] }, 'r'],
	[200, JSON_TYPE, { status: 'error', error: 'Unknown event_type' }, 'r'],
	[200, JSON_TYPE, { statusCode: 400, error: 'Bad Request' }, 'r'],
	[202, JSON_TYPE, { validationErrors: { event_time: 'is no date' } }, 'r'],
	[207, JSON_TYPE, [{ status: 422, message: 'schema' }], 'r'],
	[
		207,
		JSON_TYPE,
		{ responses: [{ statusCode: 422, payload: {}, type: 'x', error: 'schema' }] },
		'r',
	],
	// Its content is refused.
	[400, JSON_TYPE, { error: 'event_time is no date' }, 'r'],
	[409, JSON_TYPE, {}, 'r'],
	[413, HTML, page, 'r'],
	// Of the caller or the source, whatever the status says.
	[400, JSON_TYPE, { message: 'Invalid API key' }, 'f'],
	[400, JSON_TYPE, { error: 'Unknown source klaviyo' }, 'f'],
	[400, TEXT, 'Rate limit exceeded', 'f'],
	[422, JSON_TYPE, { error: 'Source is paused' }, 'f'],
	[200, JSON_TYPE, { error: 'Source is paused' }, 'f'],
	[414, TEXT, '', 'r'],
	[422, TEXT, 'schema', 'r'],
	// Address or caller, not the event.
	[301, '', '', 'f'],
	[302, HTML, page, 'f'],
	[308, '', '', 'f'],
	[401, JSON_TYPE, { error: 'Unauthorized' }, 'f'],
	[402, JSON_TYPE, {}, 'f'],
	[403, TEXT, 'Forbidden', 'f'],
	[404, JSON_TYPE, { error: 'Not Found' }, 'f'],
	[405, '', '', 'f'],
	[407, '', '', 'f'],
	[410, '', '', 'f'],
	[415, '', '', 'f'],
	[423, '', '', 'f'],
	[451, '', '', 'f'],
];

/** The answer to three events. */
export const THREE: Array<[status: number, body: unknown, meaning: string]> = [
	[200, {}, 'ddd'],
	[200, { accepted: 3 }, 'ddd'],
	[200, { accepted: 3, rejected: 0 }, 'ddd'],
	[200, [{ status: 'ok' }, { status: 'ok' }, { status: 'ok' }], 'ddd'],
	[200, { accepted: IDS }, 'ddd'],
	// It is said which.
	[200, { errors: [{ index: 1, message: 'bad' }] }, 'drd'],
	[200, { rejected_indexes: [1] }, 'drd'],
	[200, { failed_indices: ['2'] }, 'ddr'],
	[200, { rejected_positions: [0, 1] }, 'rrd'],
	[200, { bad_event_positions: [7] }, 'fff'],
	[200, { errors: [{ index: '1', message: 'bad' }] }, 'drd'],
	[200, { errors: { '1': 'bad' } }, 'drd'],
	[200, { errors: { '1': { message: 'bad' } } }, 'drd'],
	[200, { errors: [null, { message: 'bad' }, null] }, 'drd'],
	[200, { errors: [{ event_id: IDS[1], message: 'bad' }] }, 'drd'],
	[200, { failed: [IDS[1]] }, 'drd'],
	[200, { rejected: [IDS[0], IDS[2]] }, 'rdr'],
	[200, { accepted: 2, rejected: 1, errors: [{ index: 2, message: 'bad' }] }, 'ddr'],
	[200, { detail: [{ loc: ['body', 1, 'event_time'], msg: 'no date' }], errors: [] }, 'ddd'],
	[200, { errors: [{ path: '/1/event_time', message: 'no date' }] }, 'drd'],
	[200, { errors: [{ path: '[1].event_time', message: 'no date' }] }, 'drd'],
	[200, [{ status: 'ok' }, { status: 'rejected', reason: 'bad' }, { status: 'ok' }], 'drd'],
	[200, { results: [{ ok: true }, { ok: true }, { ok: false }] }, 'ddr'],
	[200, { results: [{ status: 200 }, { status: 200 }, { status: 503 }] }, 'ddf'],
	[200, { results: ['ok', 'rejected', 'ok'] }, 'drd'],
	[200, { results: { [IDS[1]!]: { status: 'rejected' } } }, 'drd'],
	[207, { responses: [{ status: 201 }, { status: 422 }, { status: 201 }] }, 'drd'],
	[400, { errors: [{ index: '1', message: 'bad' }] }, '?r?'],
	[
		422,
		{
			errors: [
				{ index: 0, message: 'bad' },
				{ index: 2, message: 'bad' },
			],
		},
		'r?r',
	],
	[422, { detail: [{ loc: ['body', 1, 'event_time'], msg: 'no date' }] }, '???'],
	// It is not said which: doubt is no delivery, and no rejection.
	[200, { accepted: 2, rejected: 1 }, 'fff'],
	[200, { accepted: 0, rejected: 3 }, 'fff'],
	[200, { accepted: 2 }, 'fff'],
	[200, { count: 0 }, 'fff'],
	[200, { events: 3, count: 3 }, 'ddd'],
	[200, { accepted: [IDS[0]] }, 'fff'],
	[200, { error: 'paused' }, 'fff'],
	[200, { errors: [{ index: 3, message: 'bad' }] }, 'fff'],
	[200, { status: 'partial' }, 'fff'],
	[200, { success: false, errors: [{ index: 1, message: 'bad' }] }, 'frf'],
	[200, { accepted: 0, errors: [{ index: 1, message: 'bad' }] }, 'frf'],
	[207, {}, 'fff'],
	[207, { responses: [{ status: 201 }, { status: 422 }] }, 'fff'],
	[200, page, 'fff'],
	// One of them is meant: it is found by sending again.
	[400, {}, '???'],
	[413, page, '???'],
	[403, {}, '???'],
	[400, { message: 'Access denied' }, '???'],
	// None of them is.
	[401, {}, 'fff'],
	[404, { errors: [{ index: 1, message: 'bad' }] }, 'fff'],
	[302, {}, 'fff'],
];
