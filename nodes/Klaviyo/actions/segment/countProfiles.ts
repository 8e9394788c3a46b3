import { counting } from '../counting';
import { segmentLocator } from './locator';

export const countProfiles = counting({
	description:
		'Count the profiles of a segment: how many agreed to email or SMS, and to how many Klaviyo sends no email. Names and addresses are not read.',
	action: 'Count the profiles of a segment',
	group: { collection: 'segments', locator: segmentLocator },
});
