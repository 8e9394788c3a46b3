// transform.js for a Pipes source: takes what Meiro Events sends in either form.
import { DEFAULT_IDENTIFIER_TYPES } from '../../../nodes/MeiroEvents/build/identify';

/** The source's code, to be pasted: https://meiro.io/product/architecture (transform gets body and headers, returns events). */
export function transformCode(): string {
	const fields = Object.entries(DEFAULT_IDENTIFIER_TYPES)
		.map(([field, type]) => `\t${type}: '${field}',`)
		.join('\n');
	return `// Paste into the transform of a Meiro Pipes source.
// It takes what the Meiro Events node sends, as envelope or as raw event, one or many.

// The header that the credential Meiro Events API sends (Authentication: Header), and its value. Change the value.
const HEADER = 'x-n8n-secret';
const SECRET = 'change-me';

// Identifier types, and where the person's ID stands in event_payload.profile.
const FIELDS = {
${fields}
};

function transform(payload, headers) {
	const name = Object.keys(headers || {}).find((key) => key.toLowerCase() === HEADER);
	const given = name === undefined ? undefined : headers[name];
	if (String(given) !== SECRET) throw new Error('The secret header is missing or wrong');
	return (Array.isArray(payload) ? payload : [payload]).map(toEvent);
}

function toEvent(sent) {
	const isEnvelope = typeof sent.event_type === 'string';
	const event = isEnvelope ? sent.event_payload : sent;
	return {
		event_type: isEnvelope ? sent.event_type : event.event_name,
		event_time: isEnvelope ? sent.event_time : timeOf(event),
		event_payload: withPerson(event, isEnvelope ? sent.identifiers : undefined),
	};
}

// Pipes drops an event of the same type, time and person. So what the time does not say below a millisecond comes from the event's ID.
function timeOf(event) {
	const time = new Date(event.event_time).toISOString();
	const digits = /^[0-9a-f]{64}$/.test(event.event_id)
		? String(parseInt(event.event_id.slice(0, 12), 16) % 1000000).padStart(6, '0')
		: '000000';
	const milliseconds = time.slice(20, 23);
	const fraction = milliseconds === '000' ? digits : milliseconds + digits.slice(3);
	return time.slice(0, 19) + '.' + fraction + 'Z';
}

// Identifier rules read the payload. So the person's IDs stand there as the node tells them: email in lower case, phone number with
// its country, and no placeholder, which would make one person of many.
function withPerson(event, identifiers) {
	if (!event.profile) return event;
	const profile = Object.assign({}, event.profile);
	if (identifiers) {
		Object.keys(FIELDS).forEach((type) => delete profile[FIELDS[type]]);
		identifiers.forEach((id) => {
			if (FIELDS[id.typeId]) profile[FIELDS[id.typeId]] = id.value;
		});
	} else if (typeof profile.email === 'string') {
		profile.email = profile.email.trim().toLowerCase();
	}
	return Object.assign({}, event, { profile: profile });
}
`;
}
