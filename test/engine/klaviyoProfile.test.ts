// Profile of the Klaviyo node: in n8n's real engine, against the stand-in.
import type { IDataObject, INode } from 'n8n-workflow';

import { takeEvent } from '../../nodes/MeiroEvents/build/take';
import { startKlaviyo, type KlaviyoOptions, type KlaviyoStandIn } from '../../sandbox/klaviyo';
import { byId, executeKlaviyo } from './support/klaviyo';

let klaviyo: KlaviyoStandIn;

beforeEach(async () => {
	klaviyo = await startKlaviyo();
});
afterEach(async () => {
	await klaviyo.close();
});

async function startWith(options: KlaviyoOptions): Promise<void> {
	await klaviyo.close();
	klaviyo = await startKlaviyo(options);
}

async function run(
	operation: string,
	parameters: IDataObject,
	items: IDataObject[] = [{}],
	onError?: INode['onError'],
) {
	return await executeKlaviyo({
		apiUrl: klaviyo.apiUrl,
		resource: 'profile',
		operation,
		parameters,
		items,
		...(onError === undefined ? {} : { onError }),
	});
}

const people = (count: number) =>
	Array.from(
		{ length: count },
		(_, number): IDataObject => ({ email: `person-${number}@shop.example` }),
	);
const calls = () => klaviyo.apiCalls().map(({ method, path }) => `${method} ${path}`);
const seedPeople = (count: number) =>
	klaviyo.seedProfiles(
		people(count).map(({ email }) => ({ attributes: { email: String(email) } })),
	);

describe('Profile: Get', () => {
	const byEmail = { identifierType: 'email', email: '={{ $json.email }}' };

	it('gives a profile as our events have it, which Meiro Events takes as it is', async () => {
		const [id] = klaviyo.seedProfiles([
			{
				attributes: {
					email: 'ana@shop.example',
					external_id: 'C-1',
					first_name: 'Ana',
					properties: { Points: 5 },
				},
				updated: new Date('2026-02-03T04:05:06Z'),
			},
		]);
		const { main } = await run('get', { identifierType: 'klaviyo_id', klaviyoId: id! });
		expect(main[0]!.json).toEqual({
			klaviyo_id: id,
			external_id: 'C-1',
			email: 'ana@shop.example',
			first_name: 'Ana',
			properties: { Points: 5 },
			created: expect.any(String),
			updated: '2026-02-03T04:05:06.000Z',
		});
		const settings = {
			what: 'profile',
			subject: { kind: 'person' },
			mapped: null,
			account: '',
			now: '',
			timezone: 'UTC',
		} as const;
		expect(takeEvent(main[0]!.json, settings).event).toMatchObject({
			event_time: '2026-02-03T04:05:06.000Z',
			profile: { external_id: 'C-1' },
		});
	});

	it('asks for fifty in one request and keeps the order of the items', async () => {
		seedPeople(120);
		const items = people(120).reverse();
		const { main } = await run('get', byEmail, items);
		expect(main.map(({ json }) => json.email)).toEqual(items.map(({ email }) => email));
		expect(main.map(({ pairedItem }) => pairedItem)).toEqual(items.map((_, item) => ({ item })));
		expect(calls()).toHaveLength(3);
	});

	it('finds an address in whatever case it is written', async () => {
		seedPeople(1);
		const { main } = await run('get', byEmail, [{ email: 'Person-0@Shop.example' }]);
		expect(main[0]!.json.email).toBe('person-0@shop.example');
	});

	it('tells consent per channel when asked for', async () => {
		const marketing = { consent: 'SUBSCRIBED', can_receive_email_marketing: true };
		klaviyo.seedProfiles([
			{ attributes: { email: 'person-0@shop.example' }, subscriptions: { email: { marketing } } },
			{ attributes: { email: 'person-1@shop.example' } },
		]);
		const { main } = await run('get', { ...byEmail, includeSubscriptions: true }, people(2));
		expect(main.map(({ json }) => json.consent)).toEqual([['email'], []]);
		expect(main[0]!.json.subscriptions).toMatchObject({
			email: { marketing: { consent: 'SUBSCRIBED' } },
		});
		const without = await run('get', byEmail, people(1));
		expect(without.main[0]!.json).not.toHaveProperty('consent');
	});

	it('gives the raw resource when not simplified', async () => {
		seedPeople(1);
		const { main } = await run('get', { ...byEmail, simplify: false }, people(1));
		expect(main[0]!.json).toMatchObject({ type: 'profile', relationships: {} });
	});

	it('tells an item whose person is not there, and serves the others', async () => {
		seedPeople(3);
		const items = [
			...people(2),
			{ email: '' },
			{ email: '"),equals(email,"person-0@shop.example' },
		];
		const { main, error } = await run('get', byEmail, items, 'continueErrorOutput');
		expect(main).toHaveLength(2);
		expect(error.map(({ json }) => json.error)).toEqual([
			expect.stringMatching(/'Email' is empty/),
			expect.stringMatching(/no profile with this 'Email'.*to Return Found: False\.$/),
		]);
		const told = await run('get', { ...byEmail, ifNotFound: 'tell' }, [
			{ email: 'x@shop.example' },
		]);
		expect(told.main[0]!.json).toEqual({ found: false, email: 'x@shop.example' });
	});

	it('does not let an ID that Klaviyo refuses stand in the way of the others', async () => {
		const [first, second] = seedPeople(2);
		const { main, error } = await run(
			'get',
			{ identifierType: 'klaviyo_id', klaviyoId: '={{ $json.id }}' },
			[{ id: first }, { id: 'no-id' }, { id: second }],
			'continueErrorOutput',
		);
		expect(main.map(({ json }) => json.klaviyo_id)).toEqual([first, second]);
		expect(error[0]!.json.error).toMatch(/'Klaviyo ID'/);
	});

	it('does not let an ID that would lead to another endpoint stand in the way of the others', async () => {
		const [id] = seedPeople(1);
		for (const items of [
			[{ id: '..' }, { id }],
			[{ id: '..' }, { id }, { id: '.' }],
		]) {
			const byId = { identifierType: 'klaviyo_id', klaviyoId: '={{ $json.id }}' };
			const { main, error } = await run('get', byId, items, 'continueErrorOutput');
			expect(main.map(({ json }) => json.klaviyo_id)).toEqual([id]);
			for (const { json } of error) expect(json.error).toMatch(/would lead to another endpoint/);
		}
	});
});

describe('Profile: Get, with what can be added', () => {
	const NEWS = { id: 'NewsLt', name: 'Newsletter' };
	const VIP = { id: 'VipSeg', name: 'VIP' };
	const all = {
		identifierType: 'email',
		email: '={{ $json.email }}',
		include: ['lists', 'predictions', 'segments'],
	};

	async function seedAna(): Promise<void> {
		await startWith({ lists: [NEWS], segments: [VIP] });
		const [id] = klaviyo.seedProfiles([
			{
				attributes: { email: 'ana@shop.example', properties: { Points: 5 } },
				predictive_analytics: { predicted_clv: 120.5, churn_probability: 0.25 },
			},
		]);
		klaviyo.seedMembers(NEWS.id, [id!]);
		klaviyo.seedMembers(VIP.id, [id!]);
	}

	it.each([true, false])(
		'names lists and segments, and adds the predictions (simplify: %s)',
		async (simplify) => {
			await seedAna();
			const { main } = await run('get', { ...all, simplify }, [{ email: 'ana@shop.example' }]);
			const { json } = main[0]!;
			const attributes = (simplify ? json : json.attributes) as IDataObject;
			const properties = attributes.properties as IDataObject;
			expect(properties).toMatchObject({
				Points: 5,
				klaviyo_lists: ['Newsletter'],
				klaviyo_segments: ['VIP'],
			});
			const predicted = (simplify ? properties : attributes).predictive_analytics;
			expect(predicted).toMatchObject({ predicted_clv: 120.5, churn_probability: 0.25 });
		},
	);

	it('asks for nothing that is not chosen', async () => {
		await seedAna();
		const { main } = await run('get', { ...all, include: [] }, [{ email: 'ana@shop.example' }]);
		expect(main[0]!.json.properties).toEqual({ Points: 5 });
		expect(calls()).toEqual(['GET /api/profiles']);
	});

	it('names the scope that the key lacks', async () => {
		await startWith({ apiKeys: [{ key: 'pk_sandbox', scopes: ['profiles:read'] }] });
		seedPeople(1);
		const { failure } = await run('get', { ...all, include: ['segments'] }, people(1));
		expect(failure?.message).toMatch(/segments:read and profiles:read/);
	});
});

describe('Profile: Suppress', () => {
	const wish = { email: '={{ $json.email }}' };
	const suppressionOf = (email: string) =>
		(klaviyo.profile(email)!.subscriptions as { email: { marketing: object } }).email.marketing;

	it('suppresses a hundred in a request, whoever is known or not, and leaves consent alone', async () => {
		seedPeople(1);
		const { main } = await run('suppress', wish, people(150));
		expect(calls()).toEqual(Array(2).fill('POST /api/profile-suppression-bulk-create-jobs'));
		expect(main[149]!.json).toEqual({
			email: 'person-149@shop.example',
			status: 'accepted',
			http_status: 202,
		});
		for (const { email } of [people(1)[0]!, people(150)[149]!]) {
			expect(suppressionOf(String(email))).toMatchObject({
				consent: 'NEVER_SUBSCRIBED',
				can_receive_email_marketing: false,
				suppression: [{ reason: 'USER_SUPPRESSED' }],
			});
		}
	});

	it('tells which address Klaviyo refuses, and suppresses the others', async () => {
		const items = [...people(2), { email: 'nobody' }, {}];
		const { main, error } = await run('suppress', wish, items, 'continueErrorOutput');
		expect(main.map(({ json }) => json.status)).toEqual(['accepted', 'accepted']);
		expect(error.map(({ json }) => json.error)).toEqual([
			expect.stringMatching(/Klaviyo refused 'Email' \(400\)/),
			expect.stringMatching(/'Email' is empty/),
		]);
	});

	it('names the scopes that the key lacks', async () => {
		await startWith({ apiKeys: [{ key: 'pk_sandbox', scopes: ['profiles:read'] }] });
		const { failure } = await run('suppress', wish, people(1));
		expect(failure?.message).toMatch(/profiles:write and subscriptions:write/);
	});
});

describe('Profile: Get Many', () => {
	it('filters, sorts and returns all pages', async () => {
		seedPeople(230);
		const all = await run('getAll', { returnAll: true, sort: 'email' });
		expect(all.main).toHaveLength(230);
		expect(calls()).toHaveLength(3);
		const one = await run('getAll', {
			filters: { email: 'person-7@shop.example', updatedAfter: '2020-01-01T00:00:00Z' },
		});
		expect(one.main.map(({ json }) => json.email)).toEqual(['person-7@shop.example']);
		const none = await run('getAll', { filters: { updatedBefore: '2020-01-01T00:00:00Z' } });
		expect(none.main).toHaveLength(0);
	});

	it('names a filter that is no date', async () => {
		const { failure } = await run('getAll', { filters: { createdAfter: 'once' } });
		expect(failure?.message).toMatch(/'Created After' is not a date/);
	});
});

describe('Profile: Create or Update', () => {
	const upsert = {
		identifiers: { email: '={{ $json.email }}' },
		fields: { firstName: '={{ $json.name }}' },
		propertiesFrom: 'json',
		propertiesJson: '{ "Points": 5 }',
	};

	it('creates or updates, marks what it wrote with its time, and gives the profile', async () => {
		const before = Date.now();
		const { main } = await run('upsert', upsert, [{ email: 'ana@shop.example', name: 'Ana' }]);
		const { attributes, id } = klaviyo.profile('ana@shop.example')!;
		expect(main[0]!.json).toMatchObject({
			klaviyo_id: id,
			first_name: 'Ana',
			properties: { Points: 5 },
		});
		const { meiro_origin } = attributes.properties as { meiro_origin: string };
		expect(Date.parse(meiro_origin)).toBeGreaterThanOrEqual(before);
	});

	it('leaves alone what is empty, or clears it when told so, and removes properties', async () => {
		klaviyo.seedProfiles([
			{
				attributes: {
					email: 'ana@shop.example',
					first_name: 'Ana',
					properties: { Old: 1, Kept: 2 },
				},
			},
		]);
		const item = [{ email: 'ana@shop.example', name: '' }];
		await run('upsert', upsert, item);
		expect(klaviyo.profile('ana@shop.example')!.attributes).toMatchObject({ first_name: 'Ana' });
		await run(
			'upsert',
			{ ...upsert, options: { clearEmpty: true, removeProperties: 'Old, Older' } },
			item,
		);
		const { attributes } = klaviyo.profile('ana@shop.example')!;
		expect(attributes).toMatchObject({ first_name: null, properties: { Kept: 2, Points: 5 } });
		expect(attributes.properties).not.toHaveProperty('Old');
	});

	it('imports more than a hundred together, with the same output and the outcome of each', async () => {
		const items = people(150);
		items[70] = { email: 'nobody' };
		const { main, error } = await run('upsert', upsert, items, 'continueErrorOutput');
		expect(main).toHaveLength(149);
		expect(main[70]!.json).toMatchObject({
			email: 'person-71@shop.example',
			properties: { Points: 5 },
		});
		expect(main[70]!.pairedItem).toEqual({ item: 71 });
		expect(error).toMatchObject([
			{
				json: {
					error: expect.stringMatching(/refused the profile.*nobody/),
					details: { email: 'nobody' },
				},
			},
		]);
		expect(calls().filter((call) => call.startsWith('POST'))).toEqual([
			'POST /api/profile-bulk-import-jobs',
		]);
		expect(calls().length).toBeLessThan(6);
	});

	it('writes one by one with a key that may not import', async () => {
		await startWith({
			apiKeys: [{ key: 'pk_sandbox', scopes: ['profiles:read', 'profiles:write'] }],
		});
		const { main } = await run('upsert', upsert, people(101));
		expect(main).toHaveLength(101);
		expect(klaviyo.profiles()).toHaveLength(101);
		const told = await run('upsert', { ...upsert, options: { sendAs: 'import' } }, people(1));
		expect(told.failure?.message).toMatch(/lists:write and profiles:write/);
	});

	it('says that an import is under way when it is not done in time', async () => {
		await startWith({ processingMs: 3_600_000 });
		const options = { sendAs: 'import', waitSeconds: 0.1 };
		const { main } = await run('upsert', { ...upsert, options }, people(2));
		expect(main.map(({ json }) => json)).toMatchObject([
			{ email: 'person-0@shop.example', status: 'accepted', job_id: expect.any(String) },
			{ status: 'accepted' },
		]);
	});

	it.each([
		['Profile Identifiers', { identifiers: {} }],
		['Properties \\(JSON\\)', { propertiesJson: 'no' }],
	])('names the parameter that is wrong: %s', async (label, parameters) => {
		const { failure } = await run('upsert', { ...upsert, ...parameters }, people(1));
		expect(failure?.message).toMatch(new RegExp(`'${label}'.*\\[item 0\\]`));
		expect(calls()).toEqual([]);
	});

	it('names the parameter that Klaviyo refuses, and writes the others', async () => {
		const { main, error } = await run(
			'upsert',
			upsert,
			[{ email: 'nobody' }, ...people(1)],
			'continueErrorOutput',
		);
		expect(error[0]!.json.error).toMatch(/Klaviyo refused 'Email' \(400\)/);
		expect(main).toHaveLength(1);
	});
});

describe('Profile: Subscribe and Unsubscribe', () => {
	const wish = { email: '={{ $json.email }}', phoneNumber: '={{ $json.phone }}' };

	it('subscribes a thousand in a request, with our mark as source', async () => {
		const { main } = await run('subscribe', wish, people(1500));
		expect(klaviyo.consentJobs().map(({ profiles }) => profiles.length)).toEqual([1000, 500]);
		expect(klaviyo.consentJobs()[0]).toMatchObject({
			kind: 'subscribe',
			custom_source: 'meiro_origin',
		});
		expect(main).toHaveLength(1500);
		expect(main[0]!.json).toEqual({
			email: 'person-0@shop.example',
			channels: ['email'],
			status: 'accepted',
			http_status: 202,
		});
	});

	it('unsubscribes a hundred in a request', async () => {
		await run('unsubscribe', wish, people(250));
		expect(klaviyo.consentJobs().map(({ kind, profiles }) => [kind, profiles.length])).toEqual([
			['unsubscribe', 100],
			['unsubscribe', 100],
			['unsubscribe', 50],
		]);
	});

	it('brings along what was agreed to earlier', async () => {
		await startWith({ lists: [{ id: 'NewsLt', name: 'Newsletter' }] });
		const options = { historical: true, consentedAt: '2021-02-03T04:05:06Z', customSource: 'Shop' };
		const { failure } = await run(
			'subscribe',
			{ ...wish, listId: byId('NewsLt'), options },
			people(1),
		);
		expect(failure).toBeUndefined();
		expect(klaviyo.consentJobs()).toMatchObject([
			{ historical_import: true, custom_source: 'Shop', list_id: 'NewsLt' },
		]);
		expect(klaviyo.members('NewsLt').size).toBe(1);
	});

	it('sends nobody without the address of the channel, and all others', async () => {
		const items = [
			{ email: 'a@shop.example', phone: '+420600000001' },
			{ email: 'b@shop.example', phone: '' },
		];
		const { main, error } = await run(
			'subscribe',
			{ ...wish, channels: ['email', 'sms'] },
			items,
			'continueErrorOutput',
		);
		expect(main).toHaveLength(1);
		expect(error[0]!.json.error).toMatch(/'Phone Number' is empty, which the channel SMS takes/);
	});

	it.each(['subscribe', 'unsubscribe'])(
		'%s: a bad address does not fail its neighbours',
		async (operation) => {
			const items = people(9);
			items[4] = { email: 'nobody' };
			const { main, error } = await run(operation, wish, items, 'continueErrorOutput');
			expect(main).toHaveLength(8);
			expect(error[0]!.json).toMatchObject({
				error: expect.stringMatching(/refused 'Email'/),
				details: { email: 'nobody' },
			});
		},
	);

	it('asks once for a list that is not there', async () => {
		const { error } = await run(
			'subscribe',
			{ ...wish, listId: byId('NoList') },
			people(9),
			'continueErrorOutput',
		);
		expect(error).toHaveLength(9);
		expect(error[0]!.json.error).toMatch(/'List'/);
		expect(calls()).toHaveLength(1);
	});

	it.each([
		['', /'Consented At' is empty/],
		['yesterday', /'Consented At' is not a date: 'yesterday'/],
	])('names a time of consent that is none: %p', async (consentedAt, reason) => {
		const options = { historical: true, consentedAt };
		const { failure } = await run('subscribe', { ...wish, options }, people(1));
		expect(failure?.message).toMatch(reason);
	});
});

describe('Profile: Request Deletion', () => {
	it('asks by exactly one identifier', async () => {
		const [, id] = seedPeople(2);
		const { main } = await run('requestDeletion', { email: 'person-0@shop.example' });
		await run('requestDeletion', { identifierType: 'klaviyo_id', klaviyoId: id! });
		expect(main[0]!.json).toEqual({
			email: 'person-0@shop.example',
			status: 'accepted',
			http_status: 202,
		});
		expect(klaviyo.deletionJobs().map(({ identifier }) => identifier)).toEqual(['email', 'id']);
		expect(klaviyo.profiles()).toHaveLength(0);
	});

	it('sends nothing without one', async () => {
		const { failure } = await run('requestDeletion', { email: ' ' });
		expect(failure?.message).toMatch(/'Email' is empty/);
		expect(calls()).toEqual([]);
	});
});
