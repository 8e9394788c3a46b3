// The template birthday grants once a person and year, whatever comes: on a real n8n that is killed in between.
// All of it: BIRTHDAY_DELIVERIES=1000 BIRTHDAY_PEOPLE=50
import { createHash } from 'node:crypto';

import * as fc from 'fast-check';

import { sendAll } from '../../bench/load';
import { attributesOf } from '../../sandbox/demo/scenarios/people';
import { publishTemplate, WorldBuilder, type World } from '../../sandbox/demo/world';
import type { Profile } from '../../sandbox/klaviyo';
import { inventProfile } from '../../sandbox/klaviyo/profiles';
import { Balancer } from '../queue/balance';
import { until } from './support/workflows';

const DELIVERIES = Number(process.env.BIRTHDAY_DELIVERIES ?? 200);
const PEOPLE = Number(process.env.BIRTHDAY_PEOPLE ?? 10);
const SEED = 20310203;
const FIRST_PERSON = 95_000;
const YEARS = [2030, 2031];
/** Around the new year, and one far from it. */
const BIRTHDAYS = ['12-30', '12-31', '01-01', '01-02', '07-15'];
const DAY_MS = 86_400_000;

const builder = new WorldBuilder();
let world: World;

beforeAll(async () => {
	await builder.install(() => undefined);
	await builder.installPackage();
	await builder.startStandIns();
	await builder.startN8n();
	world = await builder.finish();
}, 900_000);

afterAll(async () => {
	await builder.close();
});

interface Person {
	profile: Profile;
	birthday: string;
	/** After a change of address, which comes in the middle. */
	newEmail: string;
}

const people = Array.from({ length: PEOPLE }, (_, index): Person => {
	const profile = inventProfile(FIRST_PERSON + index);
	const birthday = BIRTHDAYS[index % BIRTHDAYS.length]!;
	return { profile, birthday, newEmail: `new-${profile.email!}` };
});

/** By which of the ids a body names the person; 'late' has the address from before the change beside Klaviyo's id. */
type Naming = 'klaviyo_id' | 'external_id' | 'email' | 'EMAIL' | 'phone_number' | 'late';

interface Delivery {
	person: number;
	year: number;
	naming: Naming;
	/** Days after the birthday, e.g. by another time zone or a retry. */
	daysLate: number;
	/** The same again at the same moment. */
	twice: boolean;
}

const delivery: fc.Arbitrary<Delivery> = fc.record({
	person: fc.nat({ max: PEOPLE - 1 }),
	year: fc.constantFrom(...YEARS),
	naming: fc.constantFrom<Naming>(
		...(['klaviyo_id', 'external_id', 'email', 'EMAIL', 'phone_number', 'late'] as const),
	),
	daysLate: fc.constantFrom(-1, 0, 0, 1, 2),
	twice: fc.boolean(),
});

/** @param isChanged whether Klaviyo has the new addresses and the external ids by now */
function profileIn({ person, naming }: Delivery, isChanged: boolean): object {
	const { profile, newEmail } = people[person]!;
	const { klaviyo_id, external_id, phone_number } = profile;
	const email = isChanged ? newEmail : profile.email!;
	switch (naming) {
		case 'klaviyo_id':
			return { klaviyo_id };
		case 'external_id':
			return isChanged ? { external_id } : { email };
		case 'email':
			return { email };
		case 'EMAIL':
			return { email: email.toUpperCase() };
		case 'phone_number':
			return { phone_number };
		case 'late':
			return { klaviyo_id, email: profile.email };
	}
}

function dayOf({ person, year, daysLate }: Delivery): string {
	const birthday = Date.parse(`${year}-${people[person]!.birthday}`);
	return new Date(birthday + daysLate * DAY_MS).toISOString().slice(0, 10);
}

/** What is sent, each of those that come twice beside itself. */
function bodiesOf(deliveries: Delivery[], isChanged: boolean): string[] {
	return deliveries.flatMap((one) => {
		const body = JSON.stringify({
			event_name: 'birthday',
			day: dayOf(one),
			profile: profileIn(one, isChanged),
		});
		return one.twice ? [body, body] : [body];
	});
}

const bookingOf = (person: number, year: number) =>
	createHash('sha256').update(`${people[person]!.profile.klaviyo_id!} ${year}`).digest('hex');

it(`grants once a person and year: ${DELIVERIES} deliveries of ${PEOPLE} people`, async () => {
	world.klaviyo.seedProfiles(
		people.map(({ profile, birthday }) => ({
			id: profile.klaviyo_id!,
			attributes: {
				...attributesOf(profile),
				external_id: null,
				properties: { Birthday: `1990-${birthday}` },
			},
		})),
	);
	const { url } = await publishTemplate(world, {
		template: 'birthday',
		// Few at once, so that many executions run side by side.
		parameters: { Birthday: { options: { flowStatus: 'live', eventsPerExecution: 5 } } },
	});
	const all = fc.sample(delivery, { numRuns: DELIVERIES, seed: SEED });
	const wanted = [...new Set(all.map(({ person, year }) => `${person} ${year}`))].map((pair) => {
		const [person, year] = pair.split(' ').map(Number);
		return { person: person!, year: year! };
	});
	// What an execution that was killed had in hand comes once more by a later delivery.
	const afterTheKill = wanted.map(
		(one): Delivery => ({ ...one, naming: 'email', daysLate: 0, twice: true }),
	);
	const third = Math.floor(all.length / 3);

	const balancer = new Balancer([world.n8n]);
	const send = async (bodies: string[], perSecond: number) =>
		await sendAll(
			{
				url: () => balancer.next(new URL(url).pathname),
				headers: {
					'content-type': 'application/json',
					[world.webhook.header]: world.webhook.secret,
					'x-klaviyo-flow-id': 'AbC123',
				},
				body: (number) => bodies[number]!,
			},
			0,
			bodies.length,
			{
				connections: 16,
				// 17 attempts, as Klaviyo makes, must outlast the start of n8n on a busy machine.
				waitMs: (attempt) => attempt * 1000,
				passedOn: (status) => (status === 404 ? 503 : status),
				dueMs: (number) => (number / perSecond) * 1000,
			},
		);
	const granted = () =>
		world.klaviyo
			.writtenEvents()
			.map(({ properties }) => String(properties.$event_id))
			.filter((id) => id.startsWith('birthday-points '));

	const first = await send(bodiesOf(all.slice(0, third), false), 50);
	await until(() => granted().length > 0, 'the first are granted');
	world.klaviyo.changeProfiles(
		people.map(({ profile, newEmail }) => ({
			id: profile.klaviyo_id!,
			attributes: { email: newEmail, external_id: profile.external_id! },
		})),
	);
	const sending = send(bodiesOf(all.slice(third), true), 50);
	await new Promise((resolve) => setTimeout(resolve, 1000));
	await world.n8n.kill();
	await world.n8n.restart();
	const second = await sending;
	const last = await send(bodiesOf(afterTheKill, true), 50);
	balancer.close();
	expect([first, second, last].map(({ dropped }) => dropped)).toEqual([0, 0, 0]);

	const ids = wanted.map(({ person, year }) => `birthday-points ${bookingOf(person, year)}`).sort();
	const atMeiro = () => [
		...new Set(
			world.meiro
				.events()
				.filter(({ event_name }) => event_name === 'birthday_points_granted')
				.map(({ body }) => (body as { event_id: string }).event_id),
		),
	];
	await until(() => atMeiro().length >= ids.length, 'Meiro has all').catch(() => undefined);
	expect(atMeiro().sort()).toEqual(ids);
	expect(granted().sort()).toEqual(ids);
}, 600_000);
