import type { Dict, NewSeedEvent, Profile } from '../../klaviyo';
import { inventProfile } from '../../klaviyo/profiles';
import type { ExpectedEvent, Scenario } from '../scenario';
import { attributesOf, people } from './people';

const HOUR_MS = 3_600_000;
const some = (first: number, count: number) =>
	people(first, count).map((number) => inventProfile(number, { hostile: true }));

const FROM_EMAIL = some(70_000, 20);
const FROM_SMS = some(70_100, 20);
const BOUNCED = some(70_200, 20);
const OPENED = some(70_300, 20);
/** Unsubscribed long before anybody published the template: by one of each metric Klaviyo knows that metric. */
const EARLIER = some(70_400, 3);

const EMAIL = 'Unsubscribed from Email Marketing';
const SMS = 'Unsubscribed from SMS Marketing';
const OPENING = 'Opened Email';

function happened(metric: string, { klaviyo_id }: Profile, time: Date): NewSeedEvent {
	return { metric, service: 'Klaviyo', profile: klaviyo_id!, time };
}

function suppressed(profile: Profile, reason: string, at: Date) {
	const suppression = [{ reason, timestamp: at.toISOString() }];
	const marketing: Dict = {
		can_receive_email_marketing: false,
		consent: 'UNSUBSCRIBED',
		suppression,
	};
	return {
		id: profile.klaviyo_id,
		attributes: attributesOf(profile),
		subscriptions: { email: { marketing } },
	};
}

const plain = (profile: Profile) => ({ id: profile.klaviyo_id, attributes: attributesOf(profile) });

function expectedOf(
	profiles: Profile[],
	event_name: string,
	properties: Record<string, unknown>,
): ExpectedEvent[] {
	return profiles.map(({ email, external_id }) => ({
		event_name,
		person: email!,
		body: { received_via: 'polling', profile: { external_id }, properties },
	}));
}

/**
 * Sixty people are not to be written to any more, and twenty opened an email, after publishing. What happened before
 * is not told. Unsubscribing from emails suppresses them, too, so Klaviyo tells both.
 */
export const consentSync: Scenario = {
	template: 'consent-sync',
	count: FROM_EMAIL.length + FROM_SMS.length + BOUNCED.length + OPENED.length,
	parameters: {
		'Klaviyo Updates Trigger': {
			events: [
				'emailOpened',
				'emailUnsubscribed',
				'listUnsubscribed',
				'profileSuppressed',
				'smsUnsubscribed',
			],
			// n8n polls by each of them once a minute at most.
			pollTimes: {
				item: [0, 10, 20, 30, 40, 50].map((second) => ({
					mode: 'custom',
					cronExpression: `${second} * * * * *`,
				})),
			},
		},
	},
	prepare({ klaviyo }) {
		const earlier = new Date(Date.now() - HOUR_MS);
		klaviyo.seedProfiles(EARLIER.map(plain));
		klaviyo.seedEvents(
			[EMAIL, SMS, OPENING].map((metric, index) => happened(metric, EARLIER[index]!, earlier)),
		);
	},
	async play({ world: { klaviyo, meiro }, arrived }) {
		const now = new Date();
		meiro.misbehave([{ kind: 'status', status: 503, times: 3 }]);
		klaviyo.seedProfiles([
			...FROM_EMAIL.map((profile) => suppressed(profile, 'UNSUBSCRIBE', now)),
			...BOUNCED.map((profile) => suppressed(profile, 'HARD_BOUNCE', now)),
			...[...FROM_SMS, ...OPENED].map(plain),
		]);
		klaviyo.seedEvents([
			...FROM_EMAIL.map((profile) => happened(EMAIL, profile, now)),
			...FROM_SMS.map((profile) => happened(SMS, profile, now)),
			...OPENED.map((profile) => happened(OPENING, profile, now)),
		]);
		await arrived();
	},
	expected: [
		...expectedOf(FROM_EMAIL, 'unsubscribed_from_email_marketing', {
			channel: 'email',
			consent_change: 'withdrawn',
		}),
		...expectedOf(FROM_EMAIL, 'profile_suppressed', {
			channel: 'email',
			consent_change: 'suppressed',
			reason: 'UNSUBSCRIBE',
		}),
		...expectedOf(FROM_SMS, 'unsubscribed_from_sms_marketing', {
			channel: 'sms',
			consent_change: 'withdrawn',
		}),
		...expectedOf(BOUNCED, 'profile_suppressed', {
			channel: 'email',
			consent_change: 'suppressed',
			reason: 'HARD_BOUNCE',
		}),
		...expectedOf(OPENED, 'opened_email', {}),
	],
	check({ meiro }) {
		const all = JSON.stringify(meiro.events());
		return EARLIER.filter(({ email }) => all.includes(`"${email!}"`)).map(
			({ email }) => `Meiro was told what ${email!} did before the publishing`,
		);
	},
};
