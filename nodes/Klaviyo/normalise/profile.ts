import type { Profile } from '../../shared/event/contract';
import { consentOf } from './consent';
import type { SortedFields } from './sortFields';
import { isEmpty, textOf, withoutAbsent } from '../../shared/event/values';

/** The person of an event, with every id that is known. */
export function profileOf({ profile, profileProperties }: SortedFields): Profile {
	const { consent, phone_number: phone, ...rest } = profile;
	return withoutAbsent<Profile>({
		...rest,
		klaviyo_id: idOf(profile.klaviyo_id),
		external_id: textOf(profile.external_id),
		email: idOf(profile.email),
		phone_number: toE164(idOf(phone)),
		consent: consentOf(consent),
		properties: isEmpty(profileProperties) ? undefined : profileProperties,
	});
}

function idOf(value: unknown): string | undefined {
	return textOf(textOf(value)?.trim());
}

/** What people write between digits, and the invisible marks that copied numbers bring along. */
const BETWEEN_DIGITS =
	/[\s().\-/\u00ad\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/** +420 600 000 001 gives +420600000001; a number without its country stays as it is, as guessing one is not safe. */
function toE164(phone: string | undefined): string | undefined {
	if (phone === undefined || /^\+[1-9]\d{7,14}$/.test(phone)) return phone;
	// '+44 (0)20': the bracketed zero is dialled inside the country only.
	const bare = phone.replace(/\(0\)/, '').replace(BETWEEN_DIGITS, '');
	const international = bare.replace(/^00/, '+');
	return /^\+[1-9]\d{7,14}$/.test(international) ? international : phone;
}
