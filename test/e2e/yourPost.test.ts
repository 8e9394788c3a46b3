// Calls of the user's own in templates, switched on: whatever they answer, nobody else loses anything, and what failed is told.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { bodyOf } from '../../sandbox/demo/scenario';
import { listSignUp } from '../../sandbox/demo/scenarios/listSignUp';
import { SCENARIOS } from '../../sandbox/demo/scenarios';
import { attributesOf } from '../../sandbox/demo/scenarios/people';
import { segmentJoined } from '../../sandbox/demo/scenarios/segmentJoined';
import { publishTemplate, type World } from '../../sandbox/demo/world';
import { inventProfile } from '../../sandbox/klaviyo/profiles';
import { dataTableRows } from '../../sandbox/n8n/dataTables';
import { whyFailed } from '../../sandbox/n8n/executions';
import { runWith } from './support/byHand';
import { withWorld } from './support/world';

const KEPT = 'klaviyo_meiro_failed_events';
const PEOPLE = 3;

const TEMPLATES = [
	{
		scenario: listSignUp,
		template: 'list-sign-up',
		trigger: 'Klaviyo Trigger',
		event: 'subscribed_to_list',
		about: { list: { id: 'NEWSL1', name: 'Newsletter' } },
	},
	{
		scenario: segmentJoined,
		template: 'segment-joined',
		trigger: 'Segment Joined',
		event: 'joined_segment',
		about: { segment: { id: 'SEGRSK', name: 'At risk' } },
	},
];

/** What was posted to the receiver, with how many events Meiro had by then. */
const posts: Array<{ path: string; body: Record<string, unknown>; atMeiro: number }> = [];
let receiver: Server;
let base: string;
let world: World;
let next = 700_000;
withWorld((one) => void (world = one));

beforeAll(async () => {
	receiver = createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => void chunks.push(chunk));
		request.on('end', () => {
			const path = request.url!;
			const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, unknown>;
			posts.push({ path, body, atMeiro: world.meiro.count() });
			if (path === '/hangs') return;
			response.writeHead(path === '/yes' ? 200 : 500, { 'content-type': 'application/json' });
			response.end(path === '/yes' ? '[]' : '{"ok":false}');
		});
	});
	await new Promise<void>((listening) => void receiver.listen(0, '127.0.0.1', listening));
	base = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}`;
});

afterAll(() => {
	receiver.closeAllConnections();
	receiver.close();
});

beforeEach(() => {
	posts.length = 0;
	world.meiro.misbehave([]);
});

describe.each(TEMPLATES)('$template', ({ scenario, template, trigger, event, about }) => {
	/** Publishes it with the call switched on: the first person's goes to `bad`, the others' well. */
	const publish = async (first: string, bad: string, more: Record<string, object> = {}) => {
		const { workflowId } = await publishTemplate(world, {
			template,
			activated: ['Your POST or Message'],
			parameters: {
				...scenario.parameters,
				'Your POST or Message': {
					url: `={{ $json.profile.email === '${first}' ? '${bad}' : '${base}/yes' }}`,
				},
				...(more as Record<string, Record<string, unknown>>),
			},
		});
		return workflowId;
	};
	const somebody = () => {
		const profiles = Array.from({ length: PEOPLE }, () => inventProfile(next++, { hostile: true }));
		world.klaviyo.seedProfiles(
			profiles.map((profile) => ({ id: profile.klaviyo_id, attributes: attributesOf(profile) })),
		);
		const items = profiles.map(({ klaviyo_id, external_id, email, first_name }, index) => ({
			event_id: `${template.length}${next}${index}`.padStart(64, 'abcdef0123456789'),
			event_name: event,
			event_version: 1,
			event_time: '2031-02-03T04:05:06.000Z',
			event_time_source: 'received',
			received_at: '2031-02-03T04:05:06.000Z',
			received_via: 'flow_webhook',
			...{ account: null, flow: null, trigger_event: null, list: null, segment: null, ...about },
			profile: { klaviyo_id, external_id, email, first_name },
			properties: {},
			...{ from_meiro: false, is_test: false },
		}));
		return { items, emails: profiles.map(({ email }) => email!) };
	};
	const atMeiro = (emails: string[]) =>
		world.meiro
			.events()
			.map((one) => bodyOf(one))
			.filter(({ event_name }) => event_name === event)
			.map(({ profile }) => (profile as { email: string }).email)
			.filter((email) => emails.includes(email));
	const keptOf = async (emails: string[]) =>
		(await dataTableRows(world, KEPT).catch(() => [])).filter(({ email }) =>
			emails.includes(String(email)),
		);

	it('calls once for each person, when Meiro has the event', async () => {
		const { items, emails } = somebody();
		const workflowId = await publish(emails[0]!, `${base}/yes`);
		const before = world.meiro.count();
		const ended = await runWith(world, workflowId, trigger, items);
		expect(ended.status).toBe('success');
		expect(posts.map(({ body }) => body.email).sort()).toEqual([...emails].sort());
		expect(posts.map(({ atMeiro: count }) => count)).toEqual(emails.map(() => before + PEOPLE));
		expect(posts.map(({ body }) => String(body.text))).toEqual(
			expect.arrayContaining([expect.stringMatching(/ joined (Newsletter|At risk)$/)]),
		);
		expect(atMeiro(emails).sort()).toEqual([...emails].sort());
		expect(await keptOf(emails)).toEqual([]);
	});

	it.each([
		['answers 500', () => `${base}/no`],
		['answers nothing', () => `${base}/hangs`],
		['has an address that is none', () => 'http://nobody.invalid/'],
		['has no address', () => ''],
	])(
		'when the call of one person %s, Meiro has all, the others are called once, and it is told',
		async (_, bad) => {
			const { items, emails } = somebody();
			const workflowId = await publish(emails[0]!, bad());
			const ended = await runWith(world, workflowId, trigger, items);
			expect(await whyFailed(world, ended)).toContain('Your POST failed');
			expect(atMeiro(emails).sort()).toEqual([...emails].sort());
			const well = posts.filter(({ path }) => path === '/yes').map(({ body }) => body.email);
			expect(well.sort()).toEqual(emails.slice(1).sort());
			expect(await keptOf(emails)).toMatchObject([
				{
					...{ email: emails[0], status: 'rejected', event_name: event },
					reason: expect.stringContaining('Your POST failed') as string,
				},
			]);
		},
	);

	it.each(
		// Only list-sign-up asks Klaviyo for the person.
		template === 'list-sign-up' ? ['the call fails', 'Klaviyo knows nobody'] : ['the call fails'],
	)('when %s and Meiro is away, too, the event waits for Meiro', async (what) => {
		const { items, emails } = somebody();
		if (what === 'Klaviyo knows nobody')
			for (const { profile } of items)
				profile.klaviyo_id = profile.klaviyo_id!.replace(/^../, '99');
		const send = template === 'list-sign-up' ? 'Send to Meiro' : 'Send the Joining';
		const path = what === 'the call fails' ? 'no' : 'yes';
		const workflowId = await publish(emails[0]!, `${base}/${path}`, {
			[send]: { options: { giveUpAfterSeconds: 1 } },
		});
		world.meiro.misbehave([{ kind: 'status', status: 503, rate: 1 }]);
		await runWith(world, workflowId, trigger, items);
		const waiting = (await keptOf(emails)).filter(({ status }) => status === 'waiting');
		expect(waiting.map(({ email }) => email).sort()).toEqual([...emails].sort());
	});
});

it('birthday grants all but whom the loyalty app refuses, who is told in one row however often it is tried', async () => {
	const scenario = SCENARIOS.find(({ template }) => template === 'birthday')!;
	const profiles = Array.from({ length: PEOPLE }, () => inventProfile(next++));
	const emails = profiles.map(({ email }) => email!);
	world.klaviyo.seedProfiles(
		profiles.map((profile) => ({ id: profile.klaviyo_id, attributes: attributesOf(profile) })),
	);
	const person = "$('What to Book').item.json.profile.email";
	const { workflowId } = await publishTemplate(world, {
		template: 'birthday',
		activated: ['Your Loyalty App'],
		parameters: {
			...scenario.parameters,
			'Your Loyalty App': {
				url: `={{ '${base}/' + (${person} === '${emails[0]}' ? 'no' : 'yes') }}`,
			},
		},
	});
	for (const time of ['1', '2']) {
		const items = profiles.map(({ klaviyo_id, email }, index) => ({
			event_id: `${next}${time}${index}`.padStart(64, 'b'),
			event_name: 'birthday',
			event_version: 1,
			event_time: '2031-06-01T04:05:06.000Z',
			event_time_source: 'received',
			received_at: '2031-06-01T04:05:06.000Z',
			received_via: 'flow_webhook',
			...{ account: null, flow: null, trigger_event: null, list: null, segment: null },
			profile: { klaviyo_id, email },
			properties: {},
			...{ from_meiro: false, is_test: false },
		}));
		const ended = await runWith(world, workflowId, 'Birthday', items);
		expect(await whyFailed(world, ended)).toContain("'Keep What Failed'");
	}
	const of = (what: Array<Record<string, unknown>>) =>
		what.filter((each) =>
			profiles.some(({ klaviyo_id }) => JSON.stringify(each).includes(klaviyo_id)),
		);
	const bookings = of(await dataTableRows(world, 'Birthday points'));
	const stateOf = (index: number) =>
		bookings
			.filter(({ person: id }) => id === profiles[index]!.klaviyo_id)
			.map(({ state }) => state);
	expect([0, 1, 2].map(stateOf)).toEqual([['booked'], ['granted'], ['granted']]);
	expect(of(world.meiro.events().map((one) => bodyOf(one)))).toHaveLength(2);
	expect(of(await dataTableRows(world, KEPT))).toMatchObject([
		{ email: emails[0], status: 'rejected', event_name: 'birthday_points_granted' },
	]);
});
