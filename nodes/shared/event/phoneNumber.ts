const E164 = /^\+[1-9]\d{7,14}$/;

/** With all that people write between the digits. */
const LONGEST = 60;

/** What people write between digits, and the invisible marks that copied numbers bring along. */
const BETWEEN_DIGITS =
	/[\s().\-/\u00ad\u2010-\u2015\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g;

/**
 * A slash before so few digits lists a second extension or number, and parts no area code from its number; a lone
 * digit or one in brackets at the end is an extension, too.
 */
const SECOND_NUMBER = /\/(?:\D*\d){0,4}\D*$|[^\d+]\d$|\)$/;

/**
 * A phone number in E.164: '+420 600 000 001' and '00420 600000001' give +420600000001. Null where it is not
 * certain: no country code, an extension, letters, two numbers, too short or too long.
 */
export function e164Of(phone: string): string | null {
	if (E164.test(phone)) return phone;
	if (phone.length > LONGEST || SECOND_NUMBER.test(phone)) return null;
	// '+44 (0)20': the bracketed zero is dialled inside the country only.
	const bare = phone.replace(/\(0\)/, '').replace(BETWEEN_DIGITS, '').replace(/^00/, '+');
	return E164.test(bare) ? bare : null;
}
