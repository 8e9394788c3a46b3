import { createHash } from 'node:crypto';

/** What makes an event the same event however often it is delivered. */
export interface EventIdentity {
	account: string | null;
	flowId: string | null;
	step: string | null;
	eventName: string;
	/** The strongest profile id with its kind, see `strongestProfileId`. */
	profileId: string | null;
	/** The triggering event's own id, else its time, else the day. */
	occurrence: string;
}

/**
 * SHA-256, hex, over the identity. Klaviyo's own event id is unique only per profile and metric, so it
 * is never used alone; profile properties change between two sendings of one event and are left out.
 */
export function eventIdOf(identity: EventIdentity): string {
	const { account, flowId, step, eventName, profileId, occurrence } = identity;
	// An array in JSON: no two identities can run together into one text.
	const text = JSON.stringify([account, flowId, step, eventName, profileId, occurrence]);
	return createHash('sha256').update(text, 'utf8').digest('hex');
}
