import fc from 'fast-check';
import type { IDataObject } from 'n8n-workflow';

import { normaliseSystemDelivery } from '../../../../nodes/Klaviyo/normalise/systemDelivery';
import {
	isChangeFromMeiro,
	metricEvent,
	profileOfResource,
} from '../../../../nodes/Klaviyo/normalise/apiResource';

const READ_AT = '2031-03-01T12:00:00.000Z';
const ANA = '01JZ00000000000000000000AA';

function openedEmail(profile: IDataObject | null = null): IDataObject {
	return {
		type: 'event',
		id: '4L3cwQae2TX',
		attributes: {
			timestamp: 1_930_000_000,
			datetime: '2031-02-28T10:06:40+00:00',
			event_properties: { Subject: 'Spring', $event_id: 'u-1', $value: 41.5 },
		},
		relationships: { profile: { data: { type: 'profile', id: ANA } } },
		...(profile === null ? {} : { included: [{ type: 'profile', id: ANA, attributes: profile }] }),
	};
}

describe('an event of a metric', () => {
	it('has the id, the name, the time and the properties that the system webhook gives it', () => {
		const polled = metricEvent(openedEmail({ email: 'ana@shop.example' }), 'Opened Email', {
			account: 'shop-cz',
			readAt: READ_AT,
		});
		const data = openedEmail();
		const [pushed] = normaliseSystemDelivery(
			{ data: [{ topic: 'event:klaviyo.opened_email', external_id: data.id, payload: { data } }] },
			{ account: 'shop-cz', fallbackEventName: '', includeRaw: false },
			READ_AT,
		);
		const { profile, received_via, ...rest } = polled;
		expect(pushed).toMatchObject(rest);
		expect(received_via).toBe('polling');
		expect(profile).toEqual({ klaviyo_id: ANA, email: 'ana@shop.example' });
	});

	it('knows the person by the id alone where the answer brings no profile along', () => {
		const { profile } = metricEvent(openedEmail(), 'Opened Email', {
			account: null,
			readAt: READ_AT,
		});
		expect(profile).toEqual({ klaviyo_id: ANA });
	});
});

describe('the change of a profile', () => {
	const changed = (marker: unknown, updated = '2031-03-01T12:00:00+00:00') =>
		isChangeFromMeiro({
			attributes: { updated, properties: { meiro_origin: marker } } as IDataObject,
		});

	it.each([
		['no marker', undefined, false],
		['a marker without a time', true, true],
		['a marker of that moment', '2031-03-01T11:59:58Z', true],
		['a marker two minutes before', '2031-03-01T11:58:00Z', true],
		['a marker of longer ago', '2031-03-01T11:57:59Z', false],
		['a marker that says no', false, false],
	])('with %s', (_, marker, isFromMeiro) => {
		expect(changed(marker)).toBe(isFromMeiro);
	});
});

describe('a profile', () => {
	it('names the channels that are subscribed, and none where Klaviyo names none', () => {
		const subscriptions = {
			email: { marketing: { consent: 'SUBSCRIBED' } },
			sms: { marketing: { consent: 'UNSUBSCRIBED' }, transactional: { consent: 'SUBSCRIBED' } },
			mobile_push: { marketing: { consent: 'NEVER_SUBSCRIBED' } },
		};
		expect(profileOfResource({ id: ANA, attributes: { subscriptions } }).consent).toEqual([
			'email',
		]);
		expect(profileOfResource({ id: ANA, attributes: {} })).toEqual({ klaviyo_id: ANA });
	});

	it('can be made of anything', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (attributes) => {
				expect(profileOfResource({ id: ANA, attributes } as IDataObject)).toBeInstanceOf(Object);
			}),
		);
	});
});
