// What a row of the page says of an event in words: who, and how much.
export interface Summary {
	/** One of the person's IDs, or that of the thing; null when there is none. */
	person: string | null;
	/** With its currency; null when there is none. */
	value: string | null;
}

type Dict = Record<string, unknown>;

const dict = (value: unknown): Dict =>
	typeof value === 'object' && value !== null ? (value as Dict) : {};

const isId = (value: unknown): value is string | number =>
	(typeof value === 'string' && value !== '') || typeof value === 'number';

/** @param payload JSON text as it was stored, which may be anything */
export function summaryOf(payload: string): Summary {
	const body = parsed(payload);
	const event = eventIn(body);
	const { email, phone_number, external_id, klaviyo_id } = dict(event.profile);
	const [identifier] = Array.isArray(body.identifiers) ? (body.identifiers as unknown[]) : [];
	const person = [
		...[email, phone_number, external_id, klaviyo_id],
		...[dict(identifier).value, body.user_identifier, dict(event.subject).id],
	].find(isId);
	const { value, currency } = dict(event.trigger_event);
	return {
		person: person === undefined ? null : String(person),
		value: isId(value) ? [value, currency].filter(isId).join(' ') : null,
	};
}

/** Out of the envelopes of Meiro Pipes and of the CDP. */
function eventIn(body: Dict): Dict {
	if (typeof body.payload === 'string') return parsed(body.payload);
	return dict(body.event_payload ?? body.payload ?? body);
}

function parsed(text: string): Dict {
	try {
		return dict(JSON.parse(text));
	} catch {
		return {};
	}
}
