import type { IDataObject } from 'n8n-workflow';

import type { KlaviyoClient } from '../../../../nodes/Klaviyo/api/klaviyoClient';
import { completeItems } from '../../../../nodes/Klaviyo/complete/completeItems';

const ANA = '01JZ00000000000000000000AA';
const ITEM = { profile: { klaviyo_id: ANA, email: 'ana@shop.example', consent: ['email', 'sms'] } };

/** Klaviyo with one profile, or with none that it knows. */
async function profileOf(subscriptions: IDataObject | null): Promise<unknown> {
	const found = subscriptions === null ? [] : [{ id: ANA, attributes: { subscriptions } }];
	const client = { all: async () => await Promise.resolve(found) } as unknown as KlaviyoClient;
	const { items } = await completeItems(client, [ITEM], {
		lookBackMs: 0,
		profile: { properties: [], predictions: [], lists: false },
		account: '',
		clock: { now: () => 0 },
	});
	return items[0]!.profile;
}

const saying = (consent: string) => ({ marketing: { consent } });

describe('the consent of a completed item', () => {
	it('is Klaviyo’s and not what the body said before', async () => {
		const subscriptions = { email: saying('SUBSCRIBED'), sms: saying('UNSUBSCRIBED') };
		expect(await profileOf(subscriptions)).toMatchObject({ consent: ['email'] });
	});

	it('is none where Klaviyo says no to all', async () => {
		const profile = await profileOf({ email: saying('UNSUBSCRIBED'), sms: saying('UNSUBSCRIBED') });
		expect(profile).toMatchObject({ klaviyo_id: ANA, email: 'ana@shop.example' });
		expect(profile).not.toHaveProperty('consent');
	});

	it('is the body’s where Klaviyo does not know the person', async () => {
		expect(await profileOf(null)).toEqual(ITEM.profile);
	});
});
