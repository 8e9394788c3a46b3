// One bad event among twelve good ones in one execution, in every template that takes several at once, on a real n8n.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { bodyOf } from '../../sandbox/demo/scenario';
import { SCENARIOS } from '../../sandbox/demo/scenarios';
import { attributesOf } from '../../sandbox/demo/scenarios/people';
import { publishTemplate, type World } from '../../sandbox/demo/world';
import { inventProfile } from '../../sandbox/klaviyo/profiles';
import type { WorkflowNode } from '../../sandbox/n8n/client';
import { dataTableRows } from '../../sandbox/n8n/dataTables';
import { whyFailed } from '../../sandbox/n8n/executions';
import { TEMPLATES } from '../../sandbox/n8n/templates';
import { runWith } from './support/byHand';
import { withWorld } from './support/world';

type Item = Record<string, unknown> & { event_id: string; profile: Record<string, unknown> };

const KEPT = 'klaviyo_meiro_failed_events';
const GOOD = 12;
const FIRST = 0;
const FIFTH = 4;
const LAST = GOOD;
/** More than a request may hold. */
const LONG = 'x'.repeat(1_200_000);

/** What a template does with the items of one of its triggers. */
interface Case {
	template: string;
	trigger: string;
	/** Events that Meiro must have of each good person. */
	arrives: string[];
	/** What the trigger's items have beside a person; with `n` the person's number. */
	item?(n: number): Record<string, unknown>;
	/** A trigger whose items come before, e.g. the carts that are then recovered. */
	before?: string;
	/** Whether the person must be known to Klaviyo, and is told when it is not. */
	toldWhenGone?: boolean;
	/** What else there must be of these people. @returns what there is not */
	also?(world: World, people: number[]): Promise<string[]> | string[];
}

const personOf = (n: number) => inventProfile(n);
const lacking = (what: string, wanted: number, there: number) =>
	there === wanted ? [] : [`${there} ${what}, wanted ${wanted}`];
const rowsOf = async (world: World, table: string, people: number[], state: string) => {
	const ids = new Set(people.map((n) => personOf(n).klaviyo_id));
	const rows = await dataTableRows(world, table);
	return rows.filter((row) => ids.has(String(row.person)) && row.state === state).length;
};

const CASES: Case[] = [
	{
		template: 'birthday',
		trigger: 'Birthday',
		arrives: ['birthday_points_granted'],
		toldWhenGone: true,
		async also(world, people) {
			const told = world.klaviyo.writtenEvents().map((event) => JSON.stringify(event));
			return [
				...lacking('granted', GOOD, await rowsOf(world, 'Birthday points', people, 'granted')),
				...people
					.map((n) => personOf(n).klaviyo_id!)
					.filter((id) => told.filter((event) => event.includes(id)).length !== 1)
					.map((id) => `Klaviyo was not told once of ${id}`),
			];
		},
	},
	{
		template: 'abandoned-cart',
		trigger: 'Cart Abandoned',
		arrives: ['cart_abandoned'],
		also: async (world, people) =>
			lacking('open carts', GOOD, await rowsOf(world, 'Klaviyo open carts', people, 'open')),
	},
	{
		template: 'abandoned-cart',
		trigger: 'Order Placed',
		before: 'Cart Abandoned',
		arrives: ['cart_abandoned', 'cart_recovered'],
		also: async (world, people) =>
			lacking('recovered', GOOD, await rowsOf(world, 'Klaviyo open carts', people, 'recovered')),
	},
	{ template: 'post-purchase', trigger: 'Order Placed', arrives: ['placed_order'] },
	{ template: 'post-purchase', trigger: 'Order Refunded', arrives: ['refunded_order'] },
	{
		template: 'list-sign-up',
		trigger: 'Klaviyo Trigger',
		arrives: ['subscribed_to_list'],
		toldWhenGone: true,
	},
	{
		template: 'segment-joined',
		trigger: 'Segment Joined',
		arrives: ['joined_segment'],
		also: async (world, people) =>
			lacking('noted', GOOD, await rowsOf(world, 'Klaviyo segment members', people, 'waiting')),
	},
	{
		template: 'segment-joined',
		trigger: 'Order Placed',
		before: 'Segment Joined',
		arrives: ['joined_segment', 'segment_followed_up'],
	},
	{
		template: 'product-review',
		trigger: 'Review Submitted',
		arrives: ['review_submitted'],
		item: () => ({ properties: { ProductName: 'Desk Lamp', Rating: '1', Content: 'Dark.' } }),
		also: async (world, people) =>
			lacking('tasks', GOOD, await rowsOf(world, 'Support tasks', people, 'open')),
	},
	{
		template: 'survey-answers',
		trigger: 'Survey Answered',
		arrives: ['survey_answered', 'profile_updated'],
		item: () => ({ properties: { Survey: 'After delivery', Score: '3', Comment: 'Late.' } }),
		also: async (world, people) =>
			lacking('tasks', GOOD, await rowsOf(world, 'Support tasks', people, 'open')),
	},
	{ template: 'win-back', trigger: 'Klaviyo Trigger', arrives: ['winback_due'] },
	{
		template: 'consent-sync',
		trigger: 'Klaviyo Updates Trigger',
		arrives: ['unsubscribed_from_email_marketing'],
	},
	{
		template: 'import',
		trigger: 'Klaviyo Updates Trigger',
		arrives: ['placed_order'],
		// From before the flow took over, as what comes later is left to it.
		item: () => ({ event_time: new Date(Date.now() - 5 * 86_400_000).toISOString() }),
	},
	{ template: 'delivery-watch', trigger: 'Order Placed', arrives: ['placed_order'] },
];

/** A bad item, made of what would be a good one. */
interface Bad {
	name: string;
	at: number;
	make(item: Item): Item;
	/** Meiro refuses one of the thirteen, which are all good. */
	isRefused?: boolean;
}

const BAD: Bad[] = [
	{
		name: 'a body that was cut off, in the first place',
		at: FIRST,
		make: ({ event_id, event_time, received_at }) => ({
			event_id,
			event_name: 'unknown',
			event_version: 1,
			event_time,
			event_time_source: 'received',
			received_at,
			received_via: 'flow_webhook',
			account: null,
			flow: { id: 'AbC123', step: null, trigger_type: 'unknown' },
			...{ trigger_event: null, list: null, segment: null },
			...{ profile: {}, properties: {}, from_meiro: false, is_test: false },
			raw: '{"email":"ana@shop.exa',
			error: 'The body is not JSON.',
		}),
	},
	{
		name: 'nobody whom it is about, in the fifth place',
		at: FIFTH,
		make: (item) => ({ ...item, profile: { first_name: 'Ana' } }),
	},
	{
		name: 'more than a request may hold, in the last place',
		at: LAST,
		make: (item) => ({
			...item,
			properties: { ...(item.properties as object), Note: LONG },
		}),
	},
	{
		name: 'what no column takes, in the fifth place',
		at: FIFTH,
		make: (item) => ({
			...item,
			profile: { first_name: { of: ['Ana'] } },
			trigger_event: { metric: ['x'], id: { of: 1 }, value: 'much', currency: ['EUR'] },
			segment: { id: { of: 1 }, name: ['x'] },
			properties: {
				OrderId: ['x'],
				CheckoutURL: { of: 1 },
				Rating: '1 of 5',
				ProductName: ['x'],
				Score: { of: 3 },
				Survey: null,
			},
		}),
	},
	{ name: 'what Meiro refuses', at: LAST, make: (item) => item, isRefused: true },
];

const GONE: Bad = {
	name: 'somebody whom Klaviyo does not know any more, in the first place',
	at: FIRST,
	make: (item) => ({
		...item,
		profile: { ...item.profile, klaviyo_id: `01JZ${item.event_id.slice(-22).toUpperCase()}` },
	}),
};

const published = new Map<string, string>();
let world: World;
let next = 500_000;

withWorld((one) => void (world = one));

beforeEach(() => {
	world.meiro.misbehave([]);
});

async function workflowOf(template: string): Promise<string> {
	const there = published.get(template);
	if (there !== undefined) return there;
	const scenario = SCENARIOS.find((each) => each.template === template)!;
	await scenario.prepare?.(world);
	const { workflowId } = await publishTemplate(world, scenario);
	published.set(template, workflowId);
	return workflowId;
}

/** An item as the trigger gives it: the template's own sample, of another person. */
function itemOf({ template, item }: Case, trigger: string, n: number): Item {
	const { pinData } = JSON.parse(readFileSync(join(TEMPLATES, `${template}.json`), 'utf8')) as {
		pinData: Record<string, Array<{ json: Item }>>;
	};
	const [{ json }] = pinData[trigger]! as [{ json: Item }];
	const { klaviyo_id, external_id, email } = personOf(n);
	return {
		...json,
		event_id: `${trigger.length}${n}`.padStart(64, 'abcdef0123456789'),
		...(json.trigger_event === null
			? {}
			: { trigger_event: { ...(json.trigger_event as object), id: `sample-${n}` } }),
		profile: { klaviyo_id, external_id, email },
		...item?.(n),
		is_test: false,
	};
}

describe.each(CASES)('$template, $trigger', (one) => {
	const bad = [...BAD, ...(one.toldWhenGone ? [GONE] : [])];

	it.each(bad)('$name, costs itself alone and is told', async ({ at, make, isRefused }) => {
		const workflowId = await workflowOf(one.template);
		const people = Array.from({ length: GOOD + 1 }, () => next++);
		world.klaviyo.seedProfiles(
			people.map((n) => ({
				id: personOf(n).klaviyo_id!,
				attributes: attributesOf(personOf(n)),
			})),
		);
		const run = async (trigger: string, given: Item[]) =>
			await runWith(world, workflowId, trigger, given);
		if (one.before !== undefined) {
			await run(
				one.before,
				people.map((n) => itemOf(one, one.before!, n)),
			);
		}
		const items = people.map((n) => itemOf(one, one.trigger, n));
		const poison = make(items[at]!);
		items[at] = poison;
		if (isRefused)
			world.meiro.misbehave([{ kind: 'status', status: 422, times: 1, path: '/klaviyo' }]);
		const keptBefore = (await keptRows()).length;

		const ended = await run(one.trigger, items);

		const rows = (await keptRows()).slice(keptBefore);
		expect({ status: ended.status, why: await whyFailed(world, ended) }).toMatchObject({
			status: 'error',
			why: expect.stringContaining("'Keep What Failed'") as string,
		});
		const refused = isRefused
			? people.findIndex((n) => rows.some(({ email }) => email === personOf(n).email))
			: at;
		expect(rows.map(({ status }) => status)).toEqual(rows.map(() => 'rejected'));
		if (isRefused) expect(rows).toHaveLength(1);
		else expect(rows.some((row) => holdsWhole(row, poison))).toBe(true);

		const good = people.filter((_, index) => index !== refused);
		const there = new Map<string, string[]>();
		for (const event of world.meiro.events()) {
			const { email } = (bodyOf(event).profile ?? {}) as { email?: string };
			if (email !== undefined)
				there.set(email, [...(there.get(email) ?? []), event.event_name].sort());
		}
		expect(good.map((n) => there.get(personOf(n).email!))).toEqual(
			good.map(() => [...one.arrives].sort()),
		);
		if (!isRefused) expect((await one.also?.(world, good)) ?? []).toEqual([]);
	});
});

describe('campaigns', () => {
	const campaignOf = (n: number): Record<string, unknown> => ({
		...{ id: `01JZCAMP${n}`, name: `Campaign ${n}`, channel: 'email', status: 'Sent' },
		...{ archived: false, updated_at: '2031-02-03T04:05:06.000Z' },
	});

	it.each([
		{ name: 'no ID, in the first place', at: FIRST, bad: { id: null } },
		{ name: 'a name that fits into no request, in the fifth', at: FIFTH, bad: { name: LONG } },
		{ name: 'a time that is none, in the last', at: LAST, bad: { updated_at: { of: 1 } } },
		{ name: 'what Meiro refuses', at: LAST, bad: {}, isRefused: true },
	])('$name, costs itself alone and is told', async ({ at, bad, isRefused }) => {
		const workflowId = await workflowOf('campaigns');
		const campaigns = Array.from({ length: GOOD + 1 }, () => campaignOf(next++));
		campaigns[at] = { ...campaigns[at], ...bad };
		if (isRefused) world.meiro.misbehave([{ kind: 'status', status: 422, times: 1 }]);
		const keptBefore = (await keptRows()).length;

		const ended = await runWith(world, workflowId, 'Schedule Trigger', campaigns, 'Get Campaigns');

		expect(await whyFailed(world, ended)).toContain("'Keep What Failed'");
		const rows = (await keptRows()).slice(keptBefore);
		expect(rows.map(({ status }) => status)).toEqual(['rejected']);
		const kept = JSON.parse(String(rows[0]!.item)) as Record<string, unknown>;
		if (!isRefused) expect(kept).toEqual(campaigns[at]);
		const arrived = world.meiro
			.events()
			.map((event) => (bodyOf(event).subject as { id?: string } | undefined)?.id);
		const good = campaigns.filter(({ name }) => name !== kept.name).map(({ id }) => id);
		expect(good).toHaveLength(GOOD);
		expect(arrived).toEqual(expect.arrayContaining(good));
	});
});

it.each(['product-review', 'survey-answers'])(
	'%s tells that no task was opened, and Meiro has the events all the same',
	async (template) => {
		const one = CASES.find((each) => each.template === template && each.item !== undefined)!;
		const workflowId = await workflowOf(template);
		const { nodes } = await world.client.get<{ nodes: WorkflowNode[] }>(
			`/rest/workflows/${workflowId}`,
		);
		const broken = nodes.map((node) =>
			node.name === 'Open a Task'
				? {
						...node,
						parameters: {
							...node.parameters,
							dataTableId: { __rl: true, mode: 'name', value: 'No such table' },
						},
					}
				: node,
		);
		await world.client.patch(`/rest/workflows/${workflowId}`, { nodes: broken });
		for (const count of [1, 3]) {
			const people = Array.from({ length: count }, () => next++);
			const items = people.map((n) => itemOf(one, one.trigger, n));
			const ended = await runWith(world, workflowId, one.trigger, items);
			expect(await whyFailed(world, ended)).toContain("'Tell Someone': Not every task was opened");
			const there = JSON.stringify(world.meiro.events().map(bodyOf));
			expect(people.filter((n) => !there.includes(personOf(n).email!))).toEqual([]);
		}
		await world.client.patch(`/rest/workflows/${workflowId}`, { nodes });
	},
);

async function keptRows(): Promise<Array<Record<string, unknown>>> {
	return await dataTableRows(world, KEPT).catch(() => []);
}

/** Whether the row keeps all that the trigger gave, whatever the workflow added to it. */
function holdsWhole(
	{ item }: Record<string, unknown>,
	{ raw, profile, properties }: Item,
): boolean {
	const kept = JSON.parse(String(item)) as Item;
	const holds = (there: unknown, wanted: object) =>
		Object.entries(wanted).every(
			([key, value]) =>
				JSON.stringify((there as Record<string, unknown>)[key]) === JSON.stringify(value),
		);
	return (
		kept.raw === raw && holds(kept.profile, profile) && holds(kept.properties, properties as object)
	);
}
