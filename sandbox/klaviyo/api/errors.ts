// Klaviyo's error answers: codes and shapes as recorded by nickdnk/klaviyo-php-sdk (revision
// 2026-07-15), https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling. The wording of
// titles and details is ours, except where a comment says otherwise.
import { randomUUID } from 'node:crypto';

import type { Dict } from '../types';

export interface ErrorSource {
	pointer?: string;
	parameter?: string;
}

const THROTTLED_HELP = 'https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling';

/** An answer that is not 2xx. */
export class ApiError extends Error {
	constructor(
		readonly status: number,
		readonly code: string,
		readonly title: string,
		readonly detail: string,
		readonly source: ErrorSource = {},
		readonly headers: Record<string, string> = {},
		readonly meta: Dict = {},
	) {
		super(`${status} ${code}: ${detail}`);
		this.name = 'ApiError';
	}
}

export function invalid(detail: string, source: ErrorSource): ApiError {
	return new ApiError(400, 'invalid', 'Invalid input.', detail, source);
}

/** The resource does not exist (404, assumed; malformed ids are recorded to answer 400). */
export function notFound(type: string, id: string): ApiError {
	return new ApiError(404, 'not_found', 'Not found.', `A ${type} with id ${id} does not exist.`);
}

export function unauthenticated(detail: string): ApiError {
	const title = 'Incorrect authentication credentials.';
	return new ApiError(401, 'authentication_failed', title, detail, { pointer: '/data/' });
}

export function forbidden(detail: string): ApiError {
	const title = 'You do not have permission to perform this action.';
	return new ApiError(403, 'permission_denied', title, detail, { pointer: '/data/' });
}

export function throttled(seconds: number): ApiError {
	const detail = `Request was throttled. Expected available in ${seconds} second(s).`;
	const headers = { 'retry-after': String(seconds) };
	return new ApiError(
		429,
		'throttled',
		'Request was throttled.',
		detail,
		{ pointer: '/data' },
		headers,
	);
}

/** A profile has one of these identifiers already; the code and `meta` as recorded. */
export function duplicateProfile(id: string): ApiError {
	const detail = 'A profile already exists with one of these identifiers.';
	const source = { pointer: '/data/attributes' };
	const meta = { duplicate_profile_id: id };
	return new ApiError(409, 'duplicate_profile', 'Conflict.', detail, source, {}, meta);
}

/** Which status Klaviyo answers to a body beyond its limit is not documented: 413 is assumed. */
export function tooLarge(detail: string): ApiError {
	return new ApiError(413, 'payload_too_large', 'Payload too large.', detail, { pointer: '/data' });
}

export function errorBody({ status, code, title, detail, source, meta }: ApiError): Dict {
	const error: Dict = { id: randomUUID(), status, code, title, detail, source: { ...source } };
	// 401 and 403 were recorded without `links` and `meta`.
	if (status !== 401 && status !== 403) {
		error.links = status === 429 ? { type: THROTTLED_HELP } : {};
		error.meta = meta;
	}
	return { errors: [error] };
}
