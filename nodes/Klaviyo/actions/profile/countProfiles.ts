import { counting } from '../counting';

export const countProfiles = counting({
	description:
		'Count the profiles of the account: how many agreed to email or SMS, and to how many Klaviyo sends no email. Names and addresses are not read.',
	action: 'Count the profiles of the account',
});
