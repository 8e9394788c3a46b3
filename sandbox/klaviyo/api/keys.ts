import { ApiError, forbidden, invalid, unauthenticated } from './errors';
import type { Operation } from './operation';

/** A private key, or with `oauth` what stands for an app's access token. */
export interface ApiKey {
	key: string;
	scopes: string[] | '*';
	/** The account has Advanced KDP. */
	kdp?: boolean;
	/** An app's token: sent as `Bearer`, with a rate quota of its own, no KDP needed. */
	oauth?: boolean;
}

/** The specification at hand describes this revision only. */
export const REVISION = '2026-07-15';

export const DEFAULT_KEYS: ApiKey[] = [{ key: 'pk_sandbox', scopes: '*', kdp: true }];

/**
 * Whose request it is.
 * @throws ApiError 401 (https://developers.klaviyo.com/en/docs/authenticate_).
 */
export function authenticate(header: string | undefined, keys: readonly ApiKey[]): ApiKey {
	const [, scheme = '', key = ''] = /^(\S+) (\S+)$/.exec(header ?? '') ?? [];
	const oauth = scheme === 'Bearer';
	if (!oauth && scheme !== 'Klaviyo-API-Key') {
		// Assumed to be the same code as for a wrong key.
		throw unauthenticated('Missing authentication credentials.');
	}
	const found = keys.find((each) => each.key === key && (each.oauth ?? false) === oauth);
	if (!found) throw unauthenticated('Incorrect authentication credentials.');
	return found;
}

/**
 * @throws ApiError 400 without a revision, 410 for one that is not served
 * (https://developers.klaviyo.com/en/docs/api_versioning_and_deprecation_policy). Whether an unknown
 * one answers 410 or 400 is not documented: 410 is assumed, as for a retired one.
 */
export function checkRevision(header: string | undefined, served: readonly string[]): void {
	if (header === undefined || header === '') {
		throw invalid('The revision header is required.', { parameter: 'revision' });
	}
	if (!served.includes(header)) {
		const detail = `Revision ${header} is not served.`;
		throw new ApiError(410, 'gone', 'Gone.', detail, { parameter: 'revision' });
	}
}

/** @throws ApiError 403 when the key may not call this operation. */
export function checkPermission(key: ApiKey, operation: Operation): void {
	const { scopes } = key;
	const missing = scopes === '*' ? [] : operation.scopes.filter((each) => !scopes.includes(each));
	if (missing.length > 0) {
		throw forbidden(`The key lacks the required scope: ${missing.join(', ')}`);
	}
	// The sentence as recorded by nickdnk/klaviyo-php-sdk.
	if (operation.needsKdp && !key.kdp && !key.oauth) {
		throw forbidden('You must have Advanced KDP enabled to use this endpoint.');
	}
}
