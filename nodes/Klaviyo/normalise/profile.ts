import type { Profile } from '../../shared/event/contract';
import type { SortedFields } from './sortFields';
import { e164Of } from '../../shared/event/phoneNumber';
import { isEmpty, textOf, withoutAbsent } from '../../shared/event/values';

/** The person of an event, with every id that is known. */
export function profileOf({ profile, profileProperties }: SortedFields): Profile {
	return withoutAbsent<Profile>({
		...profile,
		phone_number: inE164(textOf(profile.phone_number)),
		properties: isEmpty(profileProperties) ? undefined : profileProperties,
	});
}

/** A number without its country stays as it is, as guessing one is not safe. */
function inE164(phone: string | undefined): string | undefined {
	return phone === undefined ? undefined : (e164Of(phone) ?? phone);
}
