// What Meiro, or whatever stands before it, may answer, and what a person would say that it means.
import { readAnswer, type Wording } from '../../../../nodes/shared/delivery/readAnswer';

export const WORDING: Wording = {
	findOut: 'Send them one by one.',
	setUp: (fault, { status }) => `set-up: ${fault} (${status})`,
};

const IDS = ['id-0000-0000-0000', 'id-1111-1111-1111', 'id-2222-2222-2222'];

const NAMES = ['payment_failed', 'order_rejected', 'subscription_expired'];

const JSON_TYPE = 'application/json';
const HTML = 'text/html; charset=utf-8';
const TEXT = 'text/plain';

/** What each event of a request came to, in one letter: delivered, rejected, failed; ? is found out by sending again. */
export function meaningOf(status: number, type: string, body: unknown, count: number): string {
	const answer = { status, headers: { 'content-type': type }, body };
	const sent = { count, ids: () => IDS.slice(0, count), names: () => NAMES };
	const verdict = readAnswer(answer, sent, WORDING);
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
	[200, TEXT, '550e8400-e29b-41d4-a716-446655440000', 'd'],
	[200, TEXT, '"a3f5b2c9d8e70415"', 'd'],
	[202, TEXT, 'evt_8812', 'd'],
	[200, JSON_TYPE, { message: 'Event placed' }, 'd'],
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
	...[
		...["Event 'Payment Failed' accepted", 'Stored event order_rejected'],
		...['Accepted: Subscription Expired', 'Událost přijata', 'Ereignis gespeichert'],
	].map((text): (typeof ONE)[number] => [200, TEXT, text, 'd']),
	[200, JSON_TYPE, { message: 'Payment Failed was stored' }, 'd'],
	[200, JSON_TYPE, { type: 'payment_failed', status: 'ok' }, 'd'],
	// What stands where an objection would, and is none.
	...['No error', 'no errors', 'NO_ERROR', 'none.', '0000', 200].map(
		(error): (typeof ONE)[number] => [200, JSON_TYPE, { error }, 'd'],
	),
	...[{ code: 0, message: '' }, { code: null }, { count: 0, items: [] }, { total: 0 }].map(
		(error): (typeof ONE)[number] => [200, JSON_TYPE, { error }, 'd'],
	),
	[200, JSON_TYPE, { status: 'ok', warnings: ['field x unknown'] }, 'd'],
	[200, JSON_TYPE, { queued: 1, processed: 0 }, 'd'],
	[200, JSON_TYPE, { created: 0, updated: 1 }, 'd'],
	...['WAITING', 'in_progress', 'Uploaded', 'inProgress', 'QUEUED', '1'].map(
		(status): (typeof ONE)[number] => [202, JSON_TYPE, { id: 7, status }, 'd'],
	),
	[200, JSON_TYPE, { accepted: 0, duplicates: 1 }, 'd'],
	[200, JSON_TYPE, { accepted: 0, duplicates: 0 }, 'f'],
	[200, JSON_TYPE, { no_errors: true, stop_on_error: true }, 'd'],
	[200, 'application/x-ndjson', '{"status":"ok"}\n{"status":"ok"}\n', 'd'],
	[203, JSON_TYPE, '', 'd'],
	[204, HTML, '', 'd'],
	[205, HTML, undefined, 'd'],
	[207, JSON_TYPE, [{ status: 'HTTP/1.1 200 OK' }], 'd'],
	[207, JSON_TYPE, { results: [{ ok: true }] }, 'd'],
	[409, JSON_TYPE, { message: 'duplicate event_id' }, 'd'],
	[409, JSON_TYPE, { error: 'Event already exists' }, 'd'],
	[409, JSON_TYPE, { error: 'Profile already has another email' }, 'r'],
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
	// A text that nobody would call a yes, whatever else it is.
	...[
		...['KO', 'NOK', 'nack', 'no', 'FALSE', '-1', '503', '404', 'err', 'ERR 42', 'code=-1'],
		...['nothing stored', 'We did not accept your event', 'Session has ended', 'Index of /'],
		...["We'll be right back", 'Welcome to nginx!', 'It works!', 'no Route matched'],
		...['Connection reset by peer', 'Traceback (most recent call last):', 'body{}', '<?php echo'],
		...['--x\r\n\r\nHTTP/1.1 422 Unprocessable Entity', '{"accepted":', '{"status":"err'],
		...['\u001F\uFFFD\b\0\0', '{"ok":true}\n{"ok":false}', 'Událost nebyla přijata'],
		...[
			'Fel: okänd källa',
			'Błąd: nieznane źródło',
			'Ошибка',
			'エラー',
			'Fout: bron niet gevonden',
		],
		...['Nicht gefunden', 'Accès refusé', 'Acceso denegado', 'Přístup odepřen', 'Hiba történt'],
	].map((text): (typeof ONE)[number] => [200, TEXT, text, 'f']),
	...[
		...['API is offline', 'Payment required', 'Your trial has ended', 'Not enough credit'],
		...['Insufficient scope', 'Only POST is allowed', 'Source has been deleted', 'Schema mismatch'],
		...['Wrong event type', 'incorrect signature', 'No permission', 'Zdroj neexistuje', 'Nope'],
	].map((message): (typeof ONE)[number] => [200, JSON_TYPE, { message }, 'f']),
	...[
		...[{ success: 'fail' }, { success: 'n' }, { ok: 'KO' }, { ack: 'NOK' }, { accepted: 'none' }],
		...[{ status: false }, { result: false }, { status: 'HTTP/1.1 503' }, { status: 'RETRYING' }],
		...[{ code: 1, message: 'Bad' }, { rc: -1 }, { head: { rc: 'FAIL' } }, { meta: { code: 500 } }],
		...[{ events_processed: 0 }, { events_received: 0 }, { numAccepted: '0' }, { affectedRows: 0 }],
		...[
			{ warning: 'Event not stored' },
			{ info: 'Source disabled' },
			{ title: 'Not enough credit' },
		],
		...[{ html: page }, { data: page }, { data: 'Unauthorized' }],
	].map((body): (typeof ONE)[number] => [200, JSON_TYPE, body, 'f']),
	[200, JSON_TYPE, JSON.stringify(page), 'f'],
	[200, JSON_TYPE, -1, 'f'],
	[206, JSON_TYPE, {}, 'f'],
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
	...[
		...['failure_reason', 'failReason', 'rejectionReason', 'errorText', 'errorList', 'error_info'],
		...['parse_error', 'transformError', 'lastError', '@error', 'odata.error', 'chyba', 'problem'],
	].map((name): (typeof ONE)[number] => [200, JSON_TYPE, { [name]: 'schema' }, 'r']),
	...['ko', 'lost', 'quarantined', 'unaccepted', 'unsuccessful'].map(
		(name): (typeof ONE)[number] => [200, JSON_TYPE, { [name]: 1 }, 'r'],
	),
	// Its content is refused, by whatever name it has.
	...[
		"field 'blocked_by' is required",
		'properties.payment_gateway: must be string',
		'event_payload.subscription.paused must be boolean',
		"event type 'Login' is unknown",
		'/event_payload/properties/maintenance must be number',
	].map((error): (typeof ONE)[number] => [422, JSON_TYPE, { error }, 'r']),
	[400, JSON_TYPE, { error: 'event_time is no date' }, 'r'],
	[409, JSON_TYPE, {}, 'r'],
	[413, HTML, page, 'r'],
	// Of the caller or the source, whatever the status says.
	[400, JSON_TYPE, { message: 'Invalid API key' }, 'f'],
	[400, JSON_TYPE, { error: 'Unknown source klaviyo' }, 'f'],
	[400, TEXT, 'Rate limit exceeded', 'f'],
	...[
		...[
			'Source not found',
			'Source klaviyo does not exist',
			'stream not found',
			'Account inactive',
		],
		...[
			'Missing API token',
			'missing X-App-Key header',
			'signature mismatch',
			'Invalid Host header',
		],
		...['The plain HTTP request was sent to HTTPS port', 'Request Header Or Cookie Too Large'],
	].map((text): (typeof ONE)[number] => [400, TEXT, text, 'f']),
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
	[200, [201, 422, 201], 'drd'],
	[200, { results: [200, 503, 200] }, 'dfd'],
	[200, { results: { 0: 'ok', 1: 'rejected', 2: 'ok' } }, 'drd'],
	[200, { results: { 0: { ok: true }, 1: { ok: false } } }, 'drd'],
	[200, { failed: [{ position: 1 }] }, 'drd'],
	[200, '{"ok":true}\n{"ok":false}\n{"ok":true}', 'drd'],
	// What Meiro has already is there.
	[200, { stored: 2, duplicates: 1 }, 'ddd'],
	[200, { inserted: 0, duplicates: 3 }, 'ddd'],
	[200, { accepted: 1, already_stored: 1 }, 'fff'],
	[200, '3 of 3 events stored', 'ddd'],
	// It is not said which: doubt is no delivery, and no rejection.
	[200, '2 of 3 events stored', 'fff'],
	[200, { message: 'Stored 2/3' }, 'fff'],
	[200, { results: [{ status: 'ok' }, { status: 'ok' }] }, 'fff'],
	[200, [{ ok: true }, { ok: true }], 'fff'],
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
