import { startKlaviyo, type KlaviyoOptions, type KlaviyoStandIn } from '../../sandbox/klaviyo';
import { MemoryCredentials } from './support/engine';
import { PollingTrigger, RUN, type Execute, type PollingSetup } from './support/polling';

const START = Date.parse('2031-03-01T12:00:00Z');
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const ANA = '01JZ00000000000000000000AA';
const BEN = '01JZ00000000000000000000BB';

let klaviyo: KlaviyoStandIn;
let now = START;
/** How far n8n's clock is ahead of Klaviyo's. */
let skew = 0;
/** What a test itself wrote into Klaviyo. */
let byHand = 0;

async function start(options: KlaviyoOptions = {}): Promise<void> {
	klaviyo = await startKlaviyo({
		now: () => new Date(now),
		lists: [
			{ id: 'LIST01', name: 'Newsletter' },
			{ id: 'LIST02', name: 'VIP News' },
		],
		segments: [{ id: 'SEGM01', name: 'VIP' }],
		metrics: [
			{ id: 'OPENED', name: 'Opened Email', integration: { name: 'Klaviyo' } },
			{ id: 'UNSUBS', name: 'Unsubscribed from Email Marketing', integration: { name: 'Klaviyo' } },
			{ id: 'REVIEW', name: 'Submitted Review', integration: { name: 'Reviews' } },
		],
		rateLimits: false,
		...options,
	});
	const created = new Date(now - 100 * HOUR_MS);
	klaviyo.seedProfiles([
		{
			id: ANA,
			created,
			attributes: {
				email: 'Ana@shop.example',
				external_id: 'c-1',
				first_name: 'Ana',
				location: { city: 'Brno' },
				properties: { Tier: 'gold' },
			},
			subscriptions: {
				sms: { marketing: { can_receive_sms_marketing: true, consent: 'SUBSCRIBED' } },
			},
		},
		{ id: BEN, created, attributes: { email: 'ben@shop.example' } },
	]);
}

beforeEach(() => {
	now = START;
	skew = 0;
	byHand = 0;
	jest.spyOn(Date, 'now').mockImplementation(() => now + skew);
});

afterEach(async () => {
	jest.restoreAllMocks();
	const violations = klaviyo.contractViolations();
	const writes = klaviyo.apiCalls().filter(({ method }) => method !== 'GET');
	// Closed before anything can fail: an open server would keep jest waiting.
	await klaviyo.close();
	expect(violations).toEqual([]);
	expect(writes).toHaveLength(byHand);
});

function triggerOf(
	events: string[],
	more: Record<string, unknown> = {},
	apiKey = 'pk_sandbox',
	n8n: Partial<PollingSetup> = {},
): PollingTrigger {
	return new PollingTrigger({
		...n8n,
		credentials: new MemoryCredentials({
			klaviyoPrivateKeyApi: { apiKey, baseUrl: klaviyo.apiUrl, allowPrivate: true },
		}),
		parameters: {
			events,
			listIds: ['LIST01'],
			segmentIds: ['SEGM01'],
			metricIds: ['REVIEW'],
			...more,
		} as never,
	});
}

async function published(...given: Parameters<typeof triggerOf>): Promise<PollingTrigger> {
	const trigger = triggerOf(...given);
	expect(await trigger.publish()).toEqual([]);
	now += HOUR_MS;
	return trigger;
}

const ago = (ms: number) => new Date(now - ms);
const opened = (more: Partial<Parameters<KlaviyoStandIn['seedEvents']>[0][0]> = {}) =>
	klaviyo.seedEvents([
		{ metric: 'Opened Email', service: 'klaviyo', profile: ANA, time: ago(MINUTE_MS), ...more },
	]);

describe('an event of the contract', () => {
	beforeEach(async () => await start());

	it.each([
		['an opened email', 'Opened Email', 'emailOpened', 'email'],
		['a clicked email', 'Clicked Email', 'emailClicked', 'email'],
		['an order', 'Placed Order', 'otherMetrics', undefined],
	])('tells of %s which campaign led to it', async (_, metric, choice, channel) => {
		const message = { Subject: 'Spring', 'Campaign Name': 'Spring 1' };
		const service = choice === 'otherMetrics' ? 'shopify' : 'klaviyo';
		const seed = (time: Date) =>
			klaviyo.seedEvents([
				{
					...{ metric, service, profile: ANA, time, unique_id: `u-${time.getTime()}` },
					...{ campaign: '01JZCAMPAIGN', properties: channel === undefined ? {} : message },
				},
			]);
		seed(ago(90 * 24 * HOUR_MS));
		const metricIds = [klaviyo.events()[0]!.metric_id];
		const trigger = await published([choice], choice === 'otherMetrics' ? { metricIds } : {});
		seed(ago(MINUTE_MS));
		const [event] = await trigger.poll();
		expect(event!.campaign).toEqual({
			id: '01JZCAMPAIGN',
			...(channel === undefined ? {} : { name: 'Spring 1', subject: 'Spring', channel }),
		});
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('tells an opened email with all that is known of the person', async () => {
		const trigger = await published(['emailOpened']);
		opened({ properties: { Subject: 'Spring', 'Campaign Name': 'Spring 1' }, unique_id: 'u-1' });
		const [event] = await trigger.poll();
		expect(event).toMatchObject({
			event_name: 'opened_email',
			event_version: 1,
			event_time: ago(MINUTE_MS).toISOString(),
			event_time_source: 'event',
			received_via: 'polling',
			account: null,
			flow: null,
			received_at: new Date(now).toISOString(),
			trigger_event: {
				metric: 'Opened Email',
				id: 'u-1',
				klaviyo_event_id: klaviyo.events()[0]!.id,
				time: ago(MINUTE_MS).toISOString(),
			},
			campaign: { name: 'Spring 1', subject: 'Spring', channel: 'email' },
			profile: {
				klaviyo_id: ANA,
				external_id: 'c-1',
				email: 'Ana@shop.example',
				first_name: 'Ana',
				city: 'Brno',
				properties: { Tier: 'gold' },
			},
			properties: { Subject: 'Spring', 'Campaign Name': 'Spring 1' },
			from_meiro: false,
			is_test: false,
		});
		expect(event!.event_id).toMatch(/^[0-9a-f]{64}$/);
		expect(klaviyo.contractChecked()).toBeGreaterThan(0);
	});

	it('tells a changed profile, with the channels that Klaviyo says are subscribed, without its bookkeeping', async () => {
		const trigger = await published(['profileUpdated'], { options: { account: 'shop-cz' } });
		klaviyo.changeProfiles([
			{ id: ANA, attributes: { properties: { Tier: 'platinum' } }, updated: ago(5000) },
		]);
		const [event, ...others] = await trigger.poll();
		expect(others).toEqual([]);
		expect(event).toMatchObject({
			event_name: 'profile_updated',
			event_time: ago(5000).toISOString(),
			account: 'shop-cz',
			trigger_event: null,
			properties: { profile_created: new Date(START - 100 * HOUR_MS).toISOString() },
		});
		expect(event!.profile).toEqual({
			klaviyo_id: ANA,
			external_id: 'c-1',
			email: 'Ana@shop.example',
			first_name: 'Ana',
			consent: ['sms'],
			city: 'Brno',
			properties: { Tier: 'platinum' },
		});
	});

	it.each([
		[
			'listJoined',
			'LIST01',
			'joined_list',
			{ list: { id: 'LIST01', name: 'Newsletter' }, segment: null },
		],
		[
			'segmentJoined',
			'SEGM01',
			'joined_segment',
			{ list: null, segment: { id: 'SEGM01', name: 'VIP' } },
		],
	])('tells %s at the time of joining', async (choice, group, name, references) => {
		klaviyo.seedMembers(group, [{ id: BEN, joined: ago(HOUR_MS) }]);
		const trigger = await published([choice]);
		klaviyo.seedMembers(group, [{ id: ANA, joined: ago(MINUTE_MS) }]);
		const events = await trigger.poll();
		expect(events).toHaveLength(1);
		expect(events[0]).toMatchObject({
			event_name: name,
			event_time: ago(MINUTE_MS).toISOString(),
			profile: { klaviyo_id: ANA },
			...references,
		});
	});

	it('tells two lists that someone joined in one and the same second apart', async () => {
		const trigger = await published(['listJoined'], { listIds: ['LIST01', 'LIST02'] });
		for (const list of ['LIST01', 'LIST02'])
			klaviyo.seedMembers(list, [{ id: ANA, joined: ago(MINUTE_MS) }]);
		const events = await trigger.poll();
		expect(events.map(({ list }) => list!.name).sort()).toEqual(['Newsletter', 'VIP News']);
		expect(new Set(events.map(({ event_id }) => event_id)).size).toBe(2);
	});

	it('tells who unsubscribed, and any metric that the user chose', async () => {
		const trigger = await published(['emailUnsubscribed', 'otherMetrics']);
		klaviyo.seedEvents([
			{
				metric: 'Submitted Review',
				service: 'reviews',
				profile: BEN,
				time: ago(2 * MINUTE_MS),
				value: 4,
			},
			{
				metric: 'Unsubscribed from Email Marketing',
				service: 'klaviyo',
				profile: ANA,
				time: ago(MINUTE_MS),
			},
			{ metric: 'Placed Order', profile: ANA, time: ago(MINUTE_MS) },
		]);
		const events = await trigger.poll();
		expect(events.map(({ event_name }) => event_name)).toEqual([
			'submitted_review',
			'unsubscribed_from_email_marketing',
		]);
		expect(events[0]!.trigger_event).toMatchObject({ value: 4 });
	});

	it('tells who was suppressed and why', async () => {
		const trigger = await published(['profileSuppressed']);
		const suppression = [{ reason: 'HARD_BOUNCE', timestamp: ago(MINUTE_MS).toISOString() }];
		klaviyo.seedProfiles([
			{
				attributes: { email: 'cleo@shop.example' },
				created: ago(100 * HOUR_MS),
				subscriptions: {
					email: {
						marketing: {
							can_receive_email_marketing: false,
							consent: 'NEVER_SUBSCRIBED',
							suppression,
						},
					},
				},
			},
		]);
		expect(await trigger.poll()).toEqual([
			expect.objectContaining({
				event_name: 'profile_suppressed',
				event_time: ago(MINUTE_MS).toISOString(),
				properties: { channel: 'email', reason: 'HARD_BOUNCE' },
				profile: expect.objectContaining({ email: 'cleo@shop.example' }) as unknown,
			}),
		]);
		expect(await trigger.poll()).toEqual([]);
	});

	it('has the same id in another node that reads it again, also after the person’s email has changed', async () => {
		const first = await published(['emailOpened', 'profileUpdated']);
		opened({ profile: BEN });
		const [one] = await first.poll();
		klaviyo.changeProfiles([
			{ id: BEN, attributes: { email: 'ben2@shop.example' }, updated: ago(SECOND_MS) },
		]);
		const again = triggerOf(['emailOpened'], {
			options: { startFrom: new Date(START).toISOString() },
		});
		const [other] = await again.publish();
		expect(other!.profile.email).toBe('ben2@shop.example');
		expect(other!.event_id).toBe(one!.event_id);
	});
});

describe('the beginning', () => {
	beforeEach(async () => await start());

	it('is now: what was there before is not told, what becomes known afterwards is', async () => {
		opened({ unique_id: 'before', time: ago(2 * HOUR_MS) });
		opened({ unique_id: 'late', time: ago(3 * HOUR_MS), visible: new Date(now + 30 * MINUTE_MS) });
		const trigger = await published(['emailOpened']);
		opened({ unique_id: 'after' });
		expect((await trigger.poll()).map(({ trigger_event }) => trigger_event?.id)).toEqual([
			'late',
			'after',
		]);
	});

	it('is the time that the user chose', async () => {
		opened({ unique_id: 'too old', time: ago(9 * HOUR_MS) });
		opened({ unique_id: 'wanted', time: ago(7 * HOUR_MS) });
		const trigger = triggerOf(['emailOpened'], {
			options: { startFrom: ago(8 * HOUR_MS).toISOString() },
		});
		expect((await trigger.publish()).map(({ trigger_event }) => trigger_event?.id)).toEqual([
			'wanted',
		]);
		now += MINUTE_MS;
		expect(await trigger.poll()).toEqual([]);
	});

	it.each(['emailOpened', 'profileUpdated', 'listJoined'])(
		'includes the chosen second itself: %s',
		async (choice) => {
			const second = ago(HOUR_MS);
			opened({ time: second });
			klaviyo.changeProfiles([{ id: ANA, updated: second }]);
			klaviyo.seedMembers('LIST01', [{ id: ANA, joined: second }]);
			const trigger = triggerOf([choice], { options: { startFrom: second.toISOString() } });
			expect(await trigger.publish()).toHaveLength(1);
		},
	);

	it.each(['publishing', 'the time that the user chose'])(
		'is the whole second of %s, as Klaviyo cuts times to seconds',
		async (beginning) => {
			now += 300;
			const more =
				beginning === 'publishing' ? {} : { options: { startFrom: new Date(now).toISOString() } };
			const trigger = triggerOf(['emailOpened', 'emailClicked'], more);
			expect(await trigger.publish()).toEqual([]);
			now += 500;
			opened({ time: ago(0) });
			// A metric that the account did not have before.
			opened({ metric: 'Clicked Email', time: ago(0) });
			now += MINUTE_MS;
			expect((await trigger.poll()).map(({ event_name }) => event_name).sort()).toEqual([
				'clicked_email',
				'opened_email',
			]);
		},
	);

	it('is now for an event that the user adds later; the others go on', async () => {
		const trigger = await published(['emailOpened']);
		klaviyo.seedMembers('LIST01', [{ id: BEN, joined: ago(MINUTE_MS) }]);
		opened();
		const events = await trigger.change({ events: ['emailOpened', 'listJoined'] });
		expect(events.map(({ event_name }) => event_name)).toEqual(['opened_email']);
	});

	it('reaches back to the publishing for a metric that the account did not have then', async () => {
		const trigger = await published(['emailClicked', 'emailOpened']);
		opened();
		await trigger.poll();
		klaviyo.seedEvents([{ metric: 'Clicked Email', profile: ANA, time: ago(30 * MINUTE_MS) }]);
		now += 10 * HOUR_MS;
		expect((await trigger.poll()).map(({ event_name }) => event_name)).toEqual(['clicked_email']);
	});

	it('goes on where it was after a time without polls', async () => {
		const trigger = await published(['emailOpened']);
		opened({ unique_id: 'first' });
		await trigger.poll();
		now += 72 * HOUR_MS;
		opened({ unique_id: 'meanwhile', time: ago(50 * HOUR_MS) });
		trigger.restart();
		expect((await trigger.poll()).map(({ trigger_event }) => trigger_event?.id)).toEqual([
			'meanwhile',
		]);
	});
});

describe('nothing is missed and nothing told twice', () => {
	beforeEach(async () => await start());

	it.each([
		['ahead', HOUR_MS],
		['behind', -HOUR_MS],
	])('when n8n’s clock is an hour %s', async (_, ms) => {
		skew = ms;
		const trigger = await published(['emailOpened']);
		for (let index = 0; index < 5; index++) {
			opened({ unique_id: `u${index}`, time: new Date(now) });
			expect(await trigger.poll()).toHaveLength(1);
			now += 10 * MINUTE_MS;
		}
	});

	it('when n8n restarts before anything was emitted', async () => {
		const trigger = await published(['emailOpened']);
		await trigger.poll();
		opened();
		trigger.restart();
		expect(await trigger.poll()).toHaveLength(1);
	});

	it('when a page fails: others are handed on, and its own come with the next poll', async () => {
		const trigger = await published(['emailOpened', 'profileUpdated']);
		opened();
		klaviyo.changeProfiles([{ id: BEN, updated: ago(5000) }]);
		const sources = () => trigger.state.sources as Record<string, unknown>;
		const before = sources().profiles;
		klaviyo.misbehave({ path: '/api/profiles', answer: 400 });
		expect((await trigger.poll()).map(({ event_name }) => event_name)).toEqual(['opened_email']);
		expect(sources().profiles).toEqual(before);
		expect((await trigger.poll()).map(({ event_name }) => event_name)).toEqual(['profile_updated']);
	});

	it('when all fails: the poll is told as failed, and the next one has it', async () => {
		const trigger = await published(['emailOpened']);
		opened();
		klaviyo.misbehave({ path: '/api/events', answer: 400 });
		expect(await trigger.poll()).toEqual([]);
		expect(trigger.failures).toHaveLength(1);
		expect(await trigger.poll()).toHaveLength(1);
	});

	it('when two polls run at the same time', async () => {
		const trigger = await published(['emailOpened']);
		opened();
		const [one, other] = await Promise.all([trigger.poll(), trigger.poll()]);
		expect([...one, ...other]).toHaveLength(1);
	});

	it('when a backlog is larger than one execution may be, in an n8n that holds a poll as a whole', async () => {
		const trigger = await published(['emailOpened', 'otherMetrics'], {}, undefined, {
			isOld: true,
		});
		const moments = Array.from({ length: 5100 }, (_, index) => index);
		// All of a kind at one and the same second.
		for (const [metric, service] of [
			['Opened Email', 'klaviyo'],
			['Submitted Review', 'reviews'],
		] as const) {
			const time = ago(MINUTE_MS);
			const of = { metric, service, profile: ANA, time };
			klaviyo.seedEvents(moments.map((index) => ({ ...of, unique_id: `${metric}${index}` })));
		}
		const sizes: number[] = [];
		const told = new Set<unknown>();
		const names: string[][] = [];
		for (let poll = 0; poll < 4; poll++) {
			const events = await trigger.poll();
			sizes.push(events.length);
			names.push([...new Set(events.map(({ event_name }) => event_name))]);
			for (const { trigger_event } of events) told.add(trigger_event?.id);
			now += MINUTE_MS;
		}
		expect(sizes).toEqual([5000, 5000, 200, 0]);
		expect(trigger.executions.slice(-3).map(({ length }) => length)).toEqual([5000, 5000, 200]);
		expect(told.size).toBe(10_200);
		// Neither kind has to wait for the end of the other's backlog.
		expect(names.slice(0, 2)).toEqual([['submitted_review'], ['opened_email']]);
	});
});

describe('a backlog', () => {
	beforeEach(async () => await start());

	const EVENTS = 4500;
	const backlog = () =>
		klaviyo.seedEvents(
			Array.from({ length: EVENTS }, (_, index) => ({
				metric: 'Opened Email',
				service: 'klaviyo',
				profile: index % 2 === 0 ? ANA : BEN,
				time: ago(HOUR_MS - index * 700),
				unique_id: `u${index}`,
			})),
		);
	const idsOf = (executions: PollingTrigger['executions']) =>
		executions.flat().map(({ trigger_event }) => trigger_event?.id);
	const ready = async (execute: Execute) => {
		const trigger = await published(['emailOpened'], {}, undefined, { execute });
		backlog();
		return trigger;
	};

	it('is handed over page by page in the order of time, each as an execution of its own, by as few requests', async () => {
		const trigger = await ready((_, done) => done.resolve(RUN));
		const before = klaviyo.apiCalls().length;
		await trigger.poll();
		expect(trigger.executions.map(({ length }) => length)).toEqual([1000, 1000, 1000, 1000, 500]);
		expect(new Set(idsOf(trigger.executions)).size).toBe(EVENTS);
		const times = trigger.executions.flat().map(({ event_time }) => event_time);
		expect(times).toEqual([...times].sort());
		expect(klaviyo.apiCalls().length - before).toBe(5);
		now += MINUTE_MS;
		expect(await trigger.poll()).toEqual([]);
	});

	it.each([
		['page by page', false],
		['as a whole', true],
	])(
		'has every event once, with an event_id of its own, when handed over %s, though more fall into one second than into a page, and seconds lie across pages',
		async (_, isOld) => {
			const seconds = [
				...Array.from({ length: 500 }, (_none, index) => index),
				...Array<number>(1100).fill(500),
				...Array.from({ length: 700 }, (_none, index) => 501 + Math.floor(index / 7)),
			];
			const trigger = triggerOf(
				['emailOpened'],
				{ options: { startFrom: ago(HOUR_MS - 300).toISOString() } },
				undefined,
				{ isOld },
			);
			expect(await trigger.publish()).toEqual([]);
			klaviyo.seedEvents(
				seconds.map((second, index) => ({
					metric: 'Opened Email',
					service: 'klaviyo',
					profile: index % 2 === 0 ? ANA : BEN,
					time: ago(HOUR_MS - second * SECOND_MS - (index % 7) * 100),
					unique_id: `u${index}`,
				})),
			);
			for (let poll = 0; poll < 3; poll++) {
				await trigger.poll();
				now += MINUTE_MS;
			}
			const told = trigger.executions.flat();
			expect(told).toHaveLength(seconds.length);
			expect(new Set(told.map(({ event_id }) => event_id)).size).toBe(seconds.length);
			expect(new Set(idsOf([told])).size).toBe(seconds.length);
		},
	);

	it('has at most two executions running', async () => {
		const running = new Set<() => void>();
		let most = 0;
		const trigger = await ready((_, done) => {
			const end = () => {
				running.delete(end);
				done.resolve(RUN);
			};
			running.add(end);
			most = Math.max(most, running.size);
			// The second one ends first.
			if (running.size === 2) for (const each of [...running].reverse()) setImmediate(each);
		});
		await trigger.poll();
		expect(most).toBe(2);
		expect(new Set(idsOf(trigger.executions)).size).toBe(EVENTS);
	});

	it('loses nothing when n8n is killed between two pages: what was saved covers only executions that were done', async () => {
		const done = new Set<unknown>();
		const lost: number[] = [];
		const states: Array<{ saved: string | undefined; done: string[] }> = [];
		const first = await ready((events, promise, saved) => {
			states.push({ saved, done: [...done] as string[] });
			setImmediate(() => {
				for (const { trigger_event } of events) done.add(trigger_event?.id);
				promise.resolve(RUN);
			});
		});
		await first.poll();
		expect(states).toHaveLength(4);
		for (const state of states) {
			const again = triggerOf(['emailOpened']);
			again.saved = state.saved;
			again.restart();
			while ((await again.poll()).length > 0) now += MINUTE_MS;
			const whole = new Set([...state.done, ...idsOf(again.executions)]);
			lost.push(EVENTS - whole.size);
		}
		expect(lost).toEqual([0, 0, 0, 0]);
	});

	it('stops at a page that n8n does not take, is told as failed, and comes again from there', async () => {
		let taken = 0;
		const trigger = await ready((_, done) => {
			if (++taken === 3) done.reject(new Error('The database is away'));
			else done.resolve(RUN);
		});
		await trigger.poll();
		expect(trigger.failures.map(({ message }) => message)).toEqual(['The database is away']);
		trigger.executions.splice(2, 1);
		now += MINUTE_MS;
		await trigger.poll();
		expect(new Set(idsOf(trigger.executions)).size).toBe(EVENTS);
	});

	it('takes a page for not taken when n8n tells of no run', async () => {
		const trigger = await ready((_, done) => done.resolve(undefined));
		await trigger.poll();
		expect(trigger.failures).toHaveLength(1);
		const [taken] = trigger.executions.splice(0);
		expect(taken).toHaveLength(1000);
		trigger.restart();
		while ((await trigger.poll()).length > 0) now += MINUTE_MS;
		expect(new Set(idsOf(trigger.executions)).size).toBe(EVENTS);
	});

	it('waits for slow executions no longer than a poll may take, then until they are done', async () => {
		const ends: Array<() => void> = [];
		let isSlow = true;
		const trigger = await ready((_, done) => {
			if (isSlow) ends.push(() => done.resolve(RUN));
			else done.resolve(RUN);
		});
		const asked = () => klaviyo.apiCalls().filter(({ path }) => path === '/api/events').length;
		const before = asked();
		const clock = performance.now.bind(performance);
		let ahead = 0;
		jest.spyOn(performance, 'now').mockImplementation(() => {
			// The page for a third execution is there.
			if (asked() - before >= 4) ahead = 4 * MINUTE_MS;
			return clock() + ahead;
		});
		await trigger.poll();
		expect(trigger.executions).toHaveLength(2);
		expect(await trigger.poll()).toEqual([]);
		isSlow = false;
		for (const end of ends) end();
		await new Promise(setImmediate);
		await trigger.poll();
		const told = idsOf(trigger.executions);
		expect(told).toHaveLength(EVENTS);
		expect(new Set(told).size).toBe(EVENTS);
	});

	it('is one execution at the poll at publishing, which somebody waits for', async () => {
		backlog();
		const trigger = triggerOf(['emailOpened'], {
			options: { startFrom: ago(2 * HOUR_MS).toISOString() },
		});
		await trigger.publish();
		expect(trigger.executions.map(({ length }) => length)).toEqual([EVENTS]);
	});

	it('is one page of each kind when tried by hand', async () => {
		const trigger = await ready(() => {
			throw new Error('It started an execution');
		});
		const before = klaviyo.apiCalls().filter(({ path }) => path === '/api/events').length;
		expect(await trigger.test()).toHaveLength(5);
		expect(klaviyo.apiCalls().filter(({ path }) => path === '/api/events')).toHaveLength(
			before + 1,
		);
		expect(trigger.executions).toEqual([]);
	});
});

describe('a rest after catching up', () => {
	beforeEach(async () => await start());

	const DAY_MS = 24 * HOUR_MS;
	const resting = (options: object, n8n: Partial<PollingSetup> = {}) =>
		triggerOf(
			['emailOpened'],
			{ options: { startFrom: ago(50 * HOUR_MS).toISOString(), restHours: 24, ...options } },
			undefined,
			n8n,
		);
	const seedBacklog = (count: number, key = 'u') =>
		klaviyo.seedEvents(
			Array.from({ length: count }, (_, index) => ({
				metric: 'Opened Email',
				service: 'klaviyo',
				profile: ANA,
				time: ago(40 * HOUR_MS - index * SECOND_MS),
				unique_id: `${key}${index}`,
			})),
		);
	const askedBy = async (act: () => Promise<unknown>) => {
		const before = klaviyo.apiCalls().length;
		await act();
		return klaviyo.apiCalls().length - before;
	};

	it('begins when everything was read, asks nothing, and ends a day after that reading', async () => {
		seedBacklog(7000);
		const trigger = resting({}, { isOld: true });
		expect(await trigger.publish()).toHaveLength(5000);
		now += 5 * MINUTE_MS;
		expect(await trigger.poll()).toHaveLength(2000);
		opened({ unique_id: 'in the rest' });
		now += 5 * MINUTE_MS;
		expect(await askedBy(async () => await trigger.poll())).toBe(0);
		now += DAY_MS - 10 * MINUTE_MS;
		expect(await askedBy(async () => await trigger.poll())).toBe(0);
		now += 5 * MINUTE_MS;
		expect(await trigger.poll()).toMatchObject([{ trigger_event: { id: 'in the rest' } }]);
		now += 5 * MINUTE_MS;
		expect(await askedBy(async () => await trigger.poll())).toBe(0);
	});

	it('begins after a reading that was handed over in pages, and outlasts a start of n8n', async () => {
		seedBacklog(10);
		const trigger = resting({}, { execute: (_, done) => done.resolve(RUN) });
		await trigger.publish();
		now += DAY_MS;
		seedBacklog(4500, 'v');
		await trigger.poll();
		expect(trigger.executions.length).toBeGreaterThan(3);
		trigger.restart();
		now += 5 * MINUTE_MS;
		expect(await askedBy(async () => await trigger.poll())).toBe(0);
	});

	it('does not begin as long as something could not be read', async () => {
		const trigger = resting({});
		await trigger.change({ events: ['emailOpened', 'profileUpdated'] });
		now += DAY_MS;
		klaviyo.misbehave({ path: '/api/profiles', answer: 400 });
		klaviyo.changeProfiles([{ id: BEN, updated: ago(5000) }]);
		seedBacklog(1);
		const namesOf = (events: Array<{ event_name: string }>) =>
			events.map(({ event_name }) => event_name);
		expect(namesOf(await trigger.poll())).toEqual(['opened_email']);
		now += 5 * MINUTE_MS;
		expect(namesOf(await trigger.poll())).toEqual(['profile_updated']);
	});

	it('ends when the user changes what is read, and is none where the user wants none', async () => {
		seedBacklog(3);
		const trigger = resting({});
		expect(await trigger.publish()).toHaveLength(3);
		now += 5 * MINUTE_MS;
		expect(await askedBy(async () => await trigger.publish())).toBe(0);
		const changed = { events: ['emailOpened', 'profileUpdated'] };
		expect(await askedBy(async () => await trigger.change(changed))).toBeGreaterThan(0);
		now += 5 * MINUTE_MS;
		await trigger.change({ options: {} });
		now += 5 * MINUTE_MS;
		expect(await askedBy(async () => await trigger.poll())).toBeGreaterThan(0);
	});
});

describe('a rest that a change of the settings has ended', () => {
	beforeEach(async () => await start());

	it.each([
		['without a rest', { events: ['emailOpened'], options: {} }],
		['that could not all be read', { events: ['emailOpened', 'profileUpdated'] }],
	])('is over for good, also after settings %s and back again', async (_, between) => {
		const settings = {
			events: ['emailOpened', 'otherMetrics'],
			metricIds: ['UNSUBS'],
			options: { restHours: 24 },
		};
		const trigger = triggerOf(settings.events, { ...settings });
		await trigger.publish();
		now += HOUR_MS;
		opened({ unique_id: 'meanwhile' });
		klaviyo.misbehave({ path: '/api/profiles', answer: 400 });
		await trigger.change(between);
		now += HOUR_MS;
		await trigger.change(settings);
		now += HOUR_MS;
		klaviyo.seedEvents([
			{
				...{ metric: 'Unsubscribed from Email Marketing', service: 'klaviyo', profile: ANA },
				...{ time: ago(MINUTE_MS), unique_id: 'after' },
			},
		]);
		now += 30 * HOUR_MS;
		expect(await trigger.poll()).toMatchObject([{ trigger_event: { id: 'after' } }]);
	});
});

describe('who left', () => {
	beforeEach(async () => {
		await start();
		for (const group of ['LIST01', 'SEGM01']) {
			klaviyo.seedMembers(
				group,
				[ANA, BEN].map((id) => ({ id, joined: ago(HOUR_MS) })),
			);
		}
	});

	it('is found by comparing members: with the profile, at the time of the poll, once', async () => {
		const trigger = await published(['listLeft']);
		await write('DELETE', 'lists/LIST01/relationships/profiles', [{ type: 'profile', id: BEN }]);
		const events = await trigger.poll();
		expect(events).toHaveLength(1);
		expect(events[0]).toMatchObject({
			event_name: 'left_list',
			event_time: new Date(now).toISOString(),
			event_time_source: 'received',
			list: { id: 'LIST01', name: 'Newsletter' },
			profile: { klaviyo_id: BEN, email: 'ben@shop.example' },
		});
		expect(await trigger.poll()).toEqual([]);
	});

	it('is known by the id alone when the profile is gone, too', async () => {
		const trigger = await published(['segmentLeft']);
		const relationships = { profiles: { data: [{ type: 'profile', id: BEN }] } };
		await write('POST', 'profile-merge', { type: 'profile-merge', id: ANA, relationships });
		const events = await trigger.poll();
		expect(
			events.map(({ event_name, segment, profile }) => ({ event_name, segment, profile })),
		).toEqual([
			{
				event_name: 'left_segment',
				segment: { id: 'SEGM01', name: 'VIP' },
				profile: { klaviyo_id: BEN },
			},
		]);
	});

	it('can leave again after joining again', async () => {
		const trigger = await published(['listLeft']);
		const ids = new Set<string>();
		for (let round = 0; round < 2; round++) {
			await write('DELETE', 'lists/LIST01/relationships/profiles', [{ type: 'profile', id: BEN }]);
			for (const { event_id } of await trigger.poll()) ids.add(event_id);
			klaviyo.seedMembers('LIST01', [{ id: BEN, joined: new Date(now) }]);
			await trigger.poll();
			now += MINUTE_MS;
		}
		expect(ids.size).toBe(2);
	});

	it('is not asked of more members than can be compared, and the sentence says so', async () => {
		klaviyo.seedMembers('LIST01', klaviyo.seedProfiles(5001));
		await expect(triggerOf(['listLeft']).publish()).rejects.toThrow(
			/'Newsletter' has more than 5000 members/,
		);
	});
});

describe('a source that can not be read', () => {
	it('stops no other, goes on from where it was, and is told', async () => {
		await start();
		const trigger = await published(['listLeft', 'emailOpened']);
		klaviyo.seedMembers('LIST01', klaviyo.seedProfiles(5001));
		opened();
		expect(await trigger.poll()).toHaveLength(1);
		now += MINUTE_MS;
		expect(await trigger.poll()).toEqual([]);
		expect(trigger.failures.map(({ message }) => message)).toEqual([
			expect.stringMatching(/'Newsletter' has more than 5000 members/),
		]);
		opened();
		expect(await trigger.poll()).toHaveLength(1);
	});
});

describe('a list that is gone', () => {
	const bothLists = { listIds: ['LIST01', 'LIST02'] };
	const gone = () => klaviyo.misbehave({ path: '/api/lists/LIST02', answer: 404, times: 1_000 });

	it.each(['listJoined', 'listLeft'])(
		'stops no other source of %s, and is told as long as it is chosen',
		async (choice) => {
			await start();
			const trigger = await published([choice, 'emailOpened'], bothLists);
			gone();
			// The names are old by then.
			for (let hour = 0; hour < 3; hour++) {
				now += 2 * HOUR_MS;
				opened();
				expect(await trigger.poll()).toMatchObject([{ event_name: 'opened_email' }]);
			}
			now += MINUTE_MS;
			expect(await trigger.poll()).toEqual([]);
			expect(trigger.failures.map(({ message }) => message)).toEqual([
				expect.stringMatching(/does not have/),
			]);
		},
	);

	it('is read again from where it was when it is back', async () => {
		await start();
		const trigger = await published(['listJoined', 'emailOpened'], bothLists);
		gone();
		now += 2 * HOUR_MS;
		klaviyo.seedMembers('LIST02', [ANA]);
		opened();
		expect(await trigger.poll()).toHaveLength(1);
		klaviyo.behave();
		now += MINUTE_MS;
		expect(await trigger.poll()).toMatchObject([
			{ event_name: 'joined_list', list: { id: 'LIST02', name: 'VIP News' } },
		]);
	});
});

describe('names of metrics that Klaviyo refuses', () => {
	it('stop nothing that is known, and are told', async () => {
		await start();
		const trigger = await published(['listJoined', 'emailOpened']);
		klaviyo.misbehave({ path: '/api/metrics', answer: 403, times: 1_000 });
		now += 2 * HOUR_MS;
		klaviyo.seedMembers('LIST01', [ANA]);
		opened();
		now += MINUTE_MS;
		expect((await trigger.poll()).map(({ event_name }) => event_name).sort()).toEqual([
			'joined_list',
			'opened_email',
		]);
		now += MINUTE_MS;
		expect(await trigger.poll()).toEqual([]);
		expect(trigger.failures.map(({ message }) => message)).toEqual([
			expect.stringMatching(/metrics:read/),
		]);
	});
});

describe('an unsubscribed text message', () => {
	it.each(['Unsubscribed from SMS Marketing', 'Unsubscribed from Text Messaging Marketing'])(
		'is found under the name %s',
		async (name) => {
			await start({ metrics: [{ id: 'SMSOUT', name, integration: { name: 'Klaviyo' } }] });
			const trigger = await published(['smsUnsubscribed']);
			klaviyo.seedEvents([
				{ metric: name, service: 'klaviyo', profile: ANA, time: ago(MINUTE_MS) },
			]);
			expect(await trigger.poll()).toHaveLength(1);
		},
	);

	it('is told to have no metric in this account to whoever tries it', async () => {
		await start();
		await expect(triggerOf(['smsUnsubscribed']).test()).rejects.toMatchObject({
			message: expect.stringMatching(/no metric for 'SMS Unsubscribed' in this account/),
		});
	});
});

async function write(method: string, path: string, data: object): Promise<void> {
	const headers = {
		Authorization: 'Klaviyo-API-Key pk_sandbox',
		revision: '2026-07-15',
		'Content-Type': 'application/vnd.api+json',
	};
	const { ok } = await fetch(`${klaviyo.apiUrl}/api/${path}`, {
		method,
		headers,
		body: JSON.stringify({ data }),
	});
	expect(ok).toBe(true);
	byHand++;
}

describe('what came from Meiro', () => {
	beforeEach(async () => await start());

	const change = () => {
		opened({ properties: { meiro_origin: true } });
		const marker = (at: Date) => ({ properties: { meiro_origin: at.toISOString() } });
		klaviyo.changeProfiles([
			{ id: ANA, attributes: marker(ago(6 * SECOND_MS)), updated: ago(5 * SECOND_MS) },
			{ id: BEN, attributes: marker(ago(30 * HOUR_MS)), updated: ago(5 * SECOND_MS) },
		]);
	};

	it('starts nothing; a change of a profile that Meiro wrote to long ago does', async () => {
		const trigger = await published(['emailOpened', 'profileUpdated']);
		change();
		const events = await trigger.poll();
		expect(events.map(({ profile }) => profile.klaviyo_id)).toEqual([BEN]);
	});

	it('is told as such when the user wants it', async () => {
		const trigger = await published(['emailOpened', 'profileUpdated'], { ignoreFromMeiro: false });
		change();
		const events = await trigger.poll();
		expect(events.map(({ event_name, from_meiro }) => [event_name, from_meiro])).toEqual([
			['opened_email', true],
			['profile_updated', true],
			['profile_updated', false],
		]);
	});
});

describe('a test in the editor', () => {
	beforeEach(async () => await start());

	it('shows the newest ones of each kind, and leaves the cursor alone', async () => {
		const trigger = await published(['emailOpened', 'listJoined']);
		for (let index = 0; index < 9; index++)
			opened({ unique_id: `u${index}`, time: ago((20 - index) * MINUTE_MS) });
		klaviyo.seedMembers('LIST01', [{ id: ANA, joined: ago(MINUTE_MS) }]);
		const before = trigger.state;
		const shown = await trigger.test();
		expect(shown.map(({ trigger_event, event_name }) => trigger_event?.id ?? event_name)).toEqual([
			...['u4', 'u5', 'u6', 'u7', 'u8'],
			'joined_list',
		]);
		expect(trigger.state).toEqual(before);
		expect(await trigger.poll()).toHaveLength(10);
	});

	it('shows nothing, and fails at nothing, where nothing has happened', async () => {
		expect(await triggerOf(['segmentJoined', 'profileSuppressed']).test()).toEqual([]);
	});
});

describe('what is asked of Klaviyo', () => {
	beforeEach(async () => await start());

	it('is one page per kind when nothing happens, and the names once an hour', async () => {
		const trigger = await published(['emailOpened', 'profileUpdated', 'listJoined']);
		now += MINUTE_MS;
		await trigger.poll();
		const before = klaviyo.apiCalls().length;
		now += MINUTE_MS;
		await trigger.poll();
		expect(
			klaviyo
				.apiCalls()
				.slice(before)
				.map(({ path }) => path)
				.sort(),
		).toEqual(['/api/events', '/api/lists/LIST01/profiles', '/api/profiles']);
	});
});

describe('when something is missing', () => {
	it.each([
		['no events', [], {}, /'Events' is empty/],
		['no list', ['listJoined'], { listIds: [] }, /'List Names or IDs' is empty/],
		['no segment', ['segmentLeft'], { segmentIds: [] }, /'Segment Names or IDs' is empty/],
		['no metric', ['otherMetrics'], { metricIds: [] }, /'Metric Names or IDs' is empty/],
	])('publishing names the parameter: %s', async (_, events, parameters, sentence) => {
		await start();
		await expect(triggerOf(events, parameters).publish()).rejects.toThrow(sentence);
		expect(klaviyo.apiCalls()).toEqual([]);
	});

	it('publishing names the scope', async () => {
		await start({ apiKeys: [{ key: 'pk_few', scopes: ['metrics:read'] }] });
		await expect(triggerOf(['emailOpened'], {}, 'pk_few').publish()).rejects.toThrow(/events:read/);
	});

	it('publishing says that a list is gone', async () => {
		await start();
		await expect(triggerOf(['listJoined'], { listIds: ['GONE01'] }).publish()).rejects.toThrow(
			/does not have/,
		);
	});
});

describe('the dropdowns', () => {
	beforeEach(async () => await start());

	it('list what the account has, every page', async () => {
		const trigger = triggerOf(['emailOpened']);
		expect(await trigger.options('getLists')).toContainEqual({
			name: 'Newsletter',
			value: 'LIST01',
		});
		expect(await trigger.options('getSegments')).toHaveLength(13);
		expect(await trigger.options('getMetrics')).toContainEqual({
			name: 'Submitted Review (Reviews)',
			value: 'REVIEW',
		});
	});
});
