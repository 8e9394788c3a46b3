import type { Profile } from '../../shared/event/contract';
import { consentOf } from './consent';
import type { SortedFields } from './sortFields';
import { e164Of } from '../../shared/event/phoneNumber';
import { isEmpty, textOf, withoutAbsent } from '../../shared/event/values';

/** The person of an event, with every id that is known. */
export function profileOf({ profile, profileProperties }: SortedFields): Profile {
	const { consent, phone_number: phone, ...rest } = profile;
	return withoutAbsent<Profile>({
		...rest,
		klaviyo_id: idOf(profile.klaviyo_id),
		external_id: textOf(profile.external_id),
		email: idOf(profile.email),
		phone_number: inE164(idOf(phone)),
		consent: consentOf(consent),
		properties: isEmpty(profileProperties) ? undefined : profileProperties,
	});
}

function idOf(value: unknown): string | undefined {
	return textOf(textOf(value)?.trim());
}

/** A number without its country stays as it is, as guessing one is not safe. */
function inE164(phone: string | undefined): string | undefined {
	return phone === undefined ? undefined : (e164Of(phone) ?? phone);
}
