import type { Dict, NewSeedEvent, Profile } from '../../klaviyo';
import { inventProfile } from '../../klaviyo/profiles';
import { bodyOf, type ExpectedEvent, type Scenario } from '../scenario';
import { METRICS } from '../world';
import { attributesOf, people, SUBSCRIBED } from './people';

const DAY_MS = 86_400_000;
/** To the second, as Klaviyo has it. */
const FROM = Math.floor(Date.now() / 1000) * 1000 - 6 * DAY_MS;
/** When a flow took over the orders. */
const UNTIL = FROM + 4 * DAY_MS;

const order = (number: number, time: number): NewSeedEvent => ({
	metric: 'Placed Order',
	service: 'Lamp Shop',
	profile: inventProfile(number).email!,
	time: new Date(time),
	unique_id: `history-${number}`,
	value: 41.5,
	value_currency: 'EUR',
	properties: { OrderId: `history-${number}`, Note: 'two\nlines, "quotes" and žluťoučký 🐎' },
});

/** The last of them a second before the flow took over. */
const ORDERS = people(80_000, 300).map((number, index) =>
	order(number, UNTIL - (300 - index) * 1000),
);
/** Before what the user asks for, and when the flow had taken over. */
const OTHERS = [order(87_000, FROM - 1000), order(87_001, UNTIL)];

const withMarketing = (change: Dict): Dict => ({
	email: { marketing: { ...((SUBSCRIBED.email as Dict).marketing as Dict), ...change } },
});
/** Long ago: consent-sync, published in the same n8n, tells who is suppressed from now on. */
const SUPPRESSION = [{ reason: 'HARD_BOUNCE', timestamp: new Date(FROM).toISOString() }];

/** Who agreed, and of the others who did not, or agreed and is suppressed. */
const AGREED = people(85_000, 100).map((number) => inventProfile(number, { hostile: true }));
const DID_NOT = people(86_000, 20).map((number) => inventProfile(number));
const SUPPRESSED = people(86_100, 20).map((number) => inventProfile(number));

const seeded = (profiles: Profile[], subscriptions: Dict) =>
	profiles.map((profile, index) => ({
		id: profile.klaviyo_id,
		attributes: attributesOf(profile),
		subscriptions,
		// Ten of a second.
		updated: new Date(FROM + DAY_MS + Math.floor(index / 10) * 1000),
	}));

const assignment = (name: string, value: string) => ({ id: name, name, value, type: 'string' });

/** A metric's history up to its flow, and the people who agreed. What is counted first is what is sent then. */
export const importHistory: Scenario = {
	template: 'import',
	count: ORDERS.length + AGREED.length,
	parameters: {
		'Klaviyo Updates Trigger': {
			events: ['otherMetrics', 'profileUpdated'],
			metricIds: [METRICS['Placed Order']],
			options: { lookBackHours: 1, startFrom: new Date(FROM).toISOString() },
			pollTimes: {
				item: [
					{ mode: 'custom', cronExpression: '={{ $now.plus({ seconds: 10 }).second }} * * * * *' },
				],
			},
		},
		'What to Send': {
			assignments: {
				assignments: [
					assignment('until', new Date(UNTIL).toISOString()),
					assignment('suppressed_too_because', ''),
				],
			},
		},
	},
	// n8n would not keep what the demo counts.
	settings: { saveDataSuccessExecution: 'all' },
	prepare({ klaviyo, meiro }) {
		klaviyo.seedEvents([...ORDERS, ...OTHERS]);
		klaviyo.seedProfiles([
			...seeded(AGREED, SUBSCRIBED),
			...seeded(DID_NOT, withMarketing({ consent: 'NEVER_SUBSCRIBED' })),
			...seeded(SUPPRESSED, withMarketing({ suppression: SUPPRESSION })),
		]);
		meiro.misbehave([{ kind: 'status', status: 503, times: 2 }]);
	},
	async play({ run, arrived }) {
		await run('Count First');
		await arrived();
	},
	expected: [
		...ORDERS.map(
			({ profile, unique_id }): ExpectedEvent => ({
				event_name: 'placed_order',
				person: profile,
				body: { received_via: 'polling', properties: { OrderId: unique_id! } },
			}),
		),
		...AGREED.map(
			({ email, external_id }): ExpectedEvent => ({
				event_name: 'profile_updated',
				person: email!,
				body: { received_via: 'polling', profile: { external_id, consent: ['email'] } },
			}),
		),
	],
	check({ meiro }) {
		const all = JSON.stringify(meiro.events().map((event) => bodyOf(event)));
		return [
			...OTHERS.map(({ unique_id }) => unique_id!),
			...[...DID_NOT, ...SUPPRESSED].map(({ email }) => email!),
		]
			.filter((text) => all.includes(`"${text}"`))
			.map((text) => `Meiro has ${text}`);
	},
};
