import { hash, randomUUID } from 'node:crypto';

import type { Profile } from './contract';

/** What makes an event the same event however often, and by whatever way, it is told of. */
export interface EventIdentity {
	/**
	 * A metric's own event is one whatever flow tells of it. So is a group's or a date's (someone joined a list,
	 * it is someone's birthday). A step's own happens anew with each step of each flow.
	 */
	kind: 'metric' | 'group' | 'step';
	/** Only what the user typed: what is found out is not known by every way. */
	accountLabel: string | null;
	eventName: string;
	/** See `personInId`. */
	person: string | null;
	/** The list or segment, where there is one. */
	group: string | null;
	/** Tells it from another one of the same name and person: see docs/events.md. */
	occurrence: string;
	flowId: string | null;
	step: string | null;
	delayMs: number | null;
	/** A test is never the same as anything. */
	isTest: boolean;
}

/**
 * SHA-256, hex, over the identity. Profile properties change between two sendings of one event and are
 * left out.
 */
export function eventIdOf(identity: EventIdentity): string {
	const { kind, accountLabel, eventName, person, group, occurrence } = identity;
	const parts: unknown[] = [accountLabel, eventName, person];
	if (kind !== 'metric') parts.push(group);
	parts.push(occurrence);
	if (kind === 'step') parts.push(identity.flowId, identity.step, identity.delayMs);
	if (identity.isTest) parts.push('test', randomUUID());
	// An array in JSON: no two identities can run together into one text.
	return sha256Of(JSON.stringify(parts));
}

/** SHA-256 of a text, hex. */
export function sha256Of(text: string): string {
	return hash('sha256', text, 'hex');
}

/**
 * The id by which an event's id knows the person, with its kind: Klaviyo's, which all ways have, else the next
 * that is known. E-mail is compared without case.
 */
export function personInId(profile: Profile): string | null {
	const { klaviyo_id, external_id, email, phone_number } = profile;
	if (klaviyo_id !== undefined) return `klaviyo_id:${klaviyo_id}`;
	if (external_id !== undefined) return `external_id:${external_id}`;
	if (email !== undefined) return `email:${email.trim().toLowerCase()}`;
	return phone_number === undefined ? null : `phone_number:${phone_number}`;
}
