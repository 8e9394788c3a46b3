import { isJsonObject, refuse, toJsonText } from './json';
import type { EventError, Reading } from './reading';
import type { Assumptions } from './types';

export interface WebhookRequest {
	source: string;
	/** `event_name` of the query string: a string, or several when it was repeated. */
	eventName: unknown;
	body: unknown;
}

export interface WebhookRules {
	sources?: string[];
	assumptions: Pick<Assumptions, 'webhookArrays' | 'unknownSourceStatus'>;
}

/**
 * Reads `POST /<source>?event_name=<name>`: the path segment is the source, the query names the
 * event, the body is the payload
 * (https://docs.meiro.io/books/meiro-knowledge-base/page/how-to-setup-webhooks-from-external-partners-with-endpoints-in-meiro).
 * Throws HttpError 404 for an unknown source, unless it is taken and kept nowhere, 400 for a missing name or a body that is no object.
 */
export function readWebhook(request: WebhookRequest, rules: WebhookRules): Reading {
	const { source, eventName, body } = request;
	// Assumed: Meiro only says that a source needs its database, not what an unknown path answers.
	if (rules.sources && !rules.sources.includes(source)) {
		if (rules.assumptions.unknownSourceStatus === 200) return { accepted: [], errors: [] };
		refuse(404, `Unknown source '${source}'`);
	}
	if (typeof eventName !== 'string' || eventName === '') {
		refuse(400, 'event_name must be given once in the query');
	}
	return {
		accepted: payloadsOf(body, rules).map((payload, index) => ({
			index,
			event: {
				product: 'meiro_events',
				source,
				type: eventName,
				// Assumed: no rule says that a webhook's own time is read, so the arrival counts.
				time: null,
				payload: toJsonText(payload),
				dedupKey: null,
			},
		})),
		errors: [],
	};
}

function payloadsOf(body: unknown, rules: WebhookRules): unknown[] {
	if (isJsonObject(body)) return [body];
	// Arrays are documented for the SDK's endpoint only; on a webhook source they are unknown.
	const isArrayAllowed = rules.assumptions.webhookArrays && Array.isArray(body) && body.length > 0;
	if (isArrayAllowed && body.every(isJsonObject)) return body;
	return refuse(400, 'The body must be a JSON object');
}

/** The answer's body. Undocumented, only the 2xx counts; errors appear when a fault asked for them. */
export function webhookAnswer(
	errors: EventError[],
	assumptions: Pick<Assumptions, 'webhookAnswer'>,
): { status: number; body: unknown } {
	const { status, body } = assumptions.webhookAnswer;
	return errors.length === 0 ? { status, body } : { status, body: { errors } };
}
