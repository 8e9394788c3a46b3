// Ids in the shapes that were recorded: the same id for the same text in every run.
import { createHash } from 'node:crypto';

/** Metrics, lists, segments and flows have six letters and digits. */
export const SHORT_ID = /^[A-Za-z0-9]{6}$/;
/** Profiles, campaigns, messages, jobs and webhooks. */
export const ULID = /^[0-9A-HJKMNP-TV-Z]{26}$/;
/** Events have 11 characters. */
export const EVENT_ID = /^[A-Za-z0-9]{11}$/;

export function inventId(text: string, length = 6): string {
	const hash = createHash('sha256').update(text).digest('base64');
	return hash.replace(/[^A-Za-z0-9]/g, '').slice(0, length);
}

export function inventUlid(text: string): string {
	const hash = createHash('sha256').update(text).digest('hex');
	return `01JZ${hash.toUpperCase().slice(0, 22)}`;
}

/** A version 4 UUID by its shape. */
export function inventUuid(text: string): string {
	const hash = createHash('sha256').update(text).digest('hex');
	const parts = [hash.slice(0, 8), hash.slice(8, 12), `4${hash.slice(13, 16)}`];
	return [...parts, `8${hash.slice(17, 20)}`, hash.slice(20, 32)].join('-');
}
