import { startKlaviyo, type KlaviyoStandIn } from '../../sandbox/klaviyo';
import type { KlaviyoEvent } from '../../nodes/shared/event/contract';
import { MemoryCredentials } from './support/engine';
import { PollingTrigger } from './support/polling';
import { inVolume, VOLUME } from '../support/volume';

const START = Date.parse('2031-03-01T00:00:00Z');
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const POLLS = 20;
const PER_POLL = { events: inVolume(150), people: inVolume(50) };
const CHANGES = POLLS * (PER_POLL.events + 2 * PER_POLL.people);
const BETWEEN_POLLS_MS = 30 * MINUTE_MS;

let klaviyo: KlaviyoStandIn;
let now = START;

beforeEach(async () => {
	now = START;
	jest.spyOn(Date, 'now').mockImplementation(() => now);
	klaviyo = await startKlaviyo({
		now: () => new Date(now),
		lists: [{ id: 'LIST01', name: 'Newsletter' }],
		rateLimits: false,
	});
});

afterEach(async () => {
	jest.restoreAllMocks();
	await klaviyo.close();
});

/** The same numbers in every run. */
function numbers(seed: number): () => number {
	let state = seed;
	return () => {
		state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
		return state / 2 ** 32;
	};
}

/** What tells a change from another one, by Klaviyo's own ids. */
function changeOf({ event_name, profile, trigger_event, event_time }: KlaviyoEvent): string {
	return [event_name, trigger_event?.id ?? `${profile.klaviyo_id} ${event_time}`].join(' ');
}

it(`${VOLUME} tells thousands of changes over 20 polls once each, though some come late, at equal times, around a failed page and a restart`, async () => {
	const random = numbers(7);
	const people = klaviyo.seedProfiles(
		Array.from({ length: 2000 }, (_, index) => ({
			attributes: { email: `person${index}@shop.example` },
			created: new Date(START - 90 * 24 * HOUR_MS),
		})),
	);
	const trigger = new PollingTrigger({
		credentials: new MemoryCredentials({
			klaviyoPrivateKeyApi: { apiKey: 'pk_sandbox', baseUrl: klaviyo.apiUrl, allowPrivate: true },
		}),
		parameters: {
			events: ['profileUpdated', 'emailOpened', 'emailClicked', 'listJoined'],
			listIds: ['LIST01'],
		},
	});
	expect(await trigger.publish()).toEqual([]);

	const expected: string[] = [];
	const emitted: KlaviyoEvent[] = [];
	let late = 0;
	/** To the second, so that many are equal; one in five becomes known up to 6 hours late. */
	const happened = () => {
		const delay = random() < 0.2 ? random() * 6 * HOUR_MS : random() * 60_000;
		if (delay > 60_000) late++;
		// A handful of moments per round: many changes share each of them.
		const moment = now - Math.floor(random() * 6) * 5 * MINUTE_MS - delay;
		return new Date(Math.max(Math.floor(moment / 60_000) * 60_000, START + 1000));
	};
	for (let round = 1; round <= POLLS; round++) {
		now += BETWEEN_POLLS_MS;
		for (let index = 0; index < PER_POLL.events; index++) {
			const metric = index % 2 === 0 ? 'Opened Email' : 'Clicked Email';
			const unique_id = `${round}-${index}`;
			const profile = people[Math.floor(random() * people.length)]!;
			klaviyo.seedEvents([{ metric, profile, time: happened(), unique_id }]);
			expected.push(`${metric.toLowerCase().replace(' ', '_')} ${unique_id}`);
		}
		for (let index = 0; index < PER_POLL.people; index++) {
			const id = people[(round - 1) * 50 + index]!;
			const updated = happened();
			klaviyo.changeProfiles([{ id, attributes: { first_name: `Round ${round}` }, updated }]);
			expected.push(`profile_updated ${id} ${updated.toISOString()}`);
			const member = { id: people[1000 + (round - 1) * 50 + index]!, joined: happened() };
			klaviyo.seedMembers('LIST01', [member]);
			expected.push(`joined_list ${member.id} ${member.joined.toISOString()}`);
		}
		if (round === 7)
			klaviyo.misbehave({ path: '/api/events', answer: 400, after: PER_POLL.events < 100 ? 0 : 1 });
		if (round === 13) trigger.restart();
		emitted.push(...(await trigger.poll()));
	}

	const told = emitted.map(changeOf);
	const distinct = new Set(told);
	const missed = expected.filter((change) => !distinct.has(change));
	const figure = {
		changes: expected.length,
		late,
		polls: POLLS,
		failedPolls: trigger.failures.length,
		emitted: told.length,
		duplicate: told.length - distinct.size,
		missed: missed.length,
		requests: klaviyo.apiCalls().length,
	};
	console.info(JSON.stringify(figure));
	expect(figure).toMatchObject({
		changes: CHANGES,
		// Who asked for the other listings got them: the one whose page failed waits for the next poll.
		failedPolls: 0,
		emitted: CHANGES,
		duplicate: 0,
		missed: 0,
	});
	expect(late).toBeGreaterThan(CHANGES / 10);
	expect(new Set(emitted.map(({ event_id }) => event_id)).size).toBe(CHANGES);
	expect(klaviyo.contractViolations()).toEqual([]);
});
