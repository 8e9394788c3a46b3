import { counting } from '../counting';
import { listLocator } from './membership';

export const countProfiles = counting({
	description:
		'Count the profiles of a list: how many agreed to email or SMS, and to how many Klaviyo sends no email. Names and addresses are not read.',
	action: 'Count the profiles of a list',
	group: { collection: 'lists', locator: listLocator },
});
