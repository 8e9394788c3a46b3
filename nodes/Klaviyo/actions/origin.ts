import type { IDataObject } from 'n8n-workflow';

import { ORIGIN_PROPERTY } from '../../shared/event/contract';

/** For the descriptions of what writes to Klaviyo. */
export const ORIGIN_NOTE = `The property ${ORIGIN_PROPERTY} is added, by which our triggers know what came from here`;

/** Properties of an event with the mark that stops what comes back from going in circles. */
export function markedEvent(properties: IDataObject): IDataObject {
	return { ...properties, [ORIGIN_PROPERTY]: true };
}

/**
 * Properties of a profile, likewise. The mark stays there, so it holds the time of writing: a later change
 * by somebody else is told from this one.
 *
 * @param now ISO 8601
 */
export function markedProfile(properties: IDataObject, now: string): IDataObject {
	return { ...properties, [ORIGIN_PROPERTY]: now };
}
