// What a Meiro admin pastes: made from the code, and tried on the events that the code makes.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';

import { attributes } from '../../docs/build/meiro/attributes';
import { meiroFiles, sentByTemplate, stitching } from '../../docs/build/meiro/files';
import { alertPath, jsonPath, sqlPath } from '../../docs/build/meiro/paths';
import { schemaOf } from '../../docs/build/meiro/schemas';
import { allEventNames, sampleOf } from '../../docs/build/samples';
import { templateEvents } from '../../docs/build/templateEvents';
import { pipes } from '../../nodes/MeiroEvents/products/pipes';
import { eventIdOf } from '../../sandbox/meiro/cdp/ids';
import { compileSchemas } from '../../sandbox/meiro/payloadSchemas';
import { Postgres } from '../support/postgres';

const ROOT = join(__dirname, '../..');
const SAMPLES = allEventNames().map((name) => [name, sampleOf(name)] as const);
const check = compileSchemas(
	Object.fromEntries(allEventNames().map((name) => [name, schemaOf(name)])),
);

describe('meiro/', () => {
	it.each(Object.entries(meiroFiles()))(
		'%s says what the code says; npm run docs:events writes it anew',
		(path, text) => {
			expect(readFileSync(join(ROOT, path), 'utf8')).toBe(text);
		},
	);

	it('has no file that nothing writes', () => {
		const made = Object.keys(meiroFiles());
		const there = readdirSync(join(ROOT, 'meiro'), { recursive: true, withFileTypes: true })
			.filter((entry) => entry.isFile())
			.map(({ parentPath, name }) => join(parentPath, name).slice(ROOT.length + 1));
		expect(there.filter((path) => !made.includes(path))).toEqual([]);
	});

	it('links to files that are there', () => {
		const text = readFileSync(join(ROOT, 'meiro/README.md'), 'utf8');
		const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link!);
		expect(links.filter((link) => !existsSync(join(ROOT, 'meiro', link)))).toEqual([]);
	});

	it('gives event types the ID that Meiro makes of source, type and version', () => {
		const types = JSON.parse(meiroFiles()['meiro/cdp/event-types.json']!) as Array<
			Record<'id' | 'source_id' | 'type' | 'version', string>
		>;
		for (const { id, source_id, type, version } of types) {
			expect(id).toBe(eventIdOf(source_id, type, version));
		}
	});

	it('has every event that a template sends', () => {
		const names = new Set(templateEvents().map(({ name }) => name));
		expect([...names].filter((name) => !allEventNames().includes(name))).toEqual([]);
	});
});

describe('set-up-meiro', () => {
	interface Node {
		name: string;
		parameters: { assignments?: { assignments: Array<{ name: string; value: unknown }> } };
	}
	const { nodes } = JSON.parse(readFileSync(join(ROOT, 'templates/set-up-meiro.json'), 'utf8')) as {
		nodes: Node[];
	};
	const boxes = nodes
		.find(({ name }) => name === 'Choose')!
		.parameters.assignments!.assignments.filter(({ value }) => typeof value === 'boolean');

	it('has a box to tick for each template whose events can be customer events, and no other', () => {
		const names = boxes.map(({ name }) => name).filter((name) => name !== 'make_them');
		expect(names.sort()).toEqual(Object.keys(sentByTemplate().templates).sort());
	});

	it('makes nothing of an import that nobody filled in', () => {
		expect(boxes.filter(({ value }) => value !== false)).toEqual([]);
	});
});

describe('the JSON Schemas for Pipes', () => {
	it.each(SAMPLES)('take %s', (name, { payload }) => {
		expect(check(name, payload)).toEqual([]);
	});

	it.each(SAMPLES)('take %s with paths that they do not know', (name, { payload }) => {
		expect(check(name, { ...payload, loyalty: { tier: 'gold' }, later: [1] })).toEqual([]);
	});

	const { payload } = sampleOf('placed_order');
	const profile = payload.profile as Record<string, unknown>;
	it.each<[string, Record<string, unknown>, string]>([
		['without event_id', { event_id: undefined }, '/event_id'],
		['with an empty event_id', { event_id: '' }, '/event_id'],
		['of another name', { event_name: 'started_checkout' }, '/event_name'],
		['of another version', { event_version: 2 }, '/event_version'],
		['without a time', { event_time: undefined }, '/event_time'],
		['with a day for a time', { event_time: '2031-02-03' }, '/event_time'],
		['with a number for a time', { event_time: 1927857906 }, '/event_time'],
		['about nobody', { profile: { first_name: 'Ana' } }, ''],
		['with a number for an email', { profile: { ...profile, email: 5 } }, '/profile/email'],
		['with an amount that is text', { trigger_event: { value: '41.5' } }, '/trigger_event/value'],
		['with properties that are a list', { properties: [1] }, '/properties'],
		[
			'with consent that is no list',
			{ profile: { ...profile, consent: 'email' } },
			'/profile/consent',
		],
	])('refuse an order %s', (_, change, path) => {
		const broken = JSON.parse(JSON.stringify({ ...payload, ...change })) as unknown;
		expect(check('placed_order', broken).map((error) => error.path)).toContain(path);
	});
});

describe('attributes and paths, run on PostgreSQL', () => {
	let database: Postgres;

	beforeAll(async () => {
		database = new Postgres();
		await database.query('CREATE TABLE events (event_type_id text, payload jsonb)');
		for (const [name, { payload }] of SAMPLES) {
			await database.query('INSERT INTO events VALUES ($1, $2)', [name, JSON.stringify(payload)]);
		}
		// A repeat at Pipes, a test and, an hour later, a cart that came to nothing: none may count twice or at all.
		const cart = sampleOf('cart_abandoned').payload;
		const order = sampleOf('placed_order').payload;
		for (const [name, payload] of [
			['placed_order', order],
			['placed_order', { ...order, event_id: 'test', is_test: true }],
			['cart_abandoned', { ...cart, event_id: 'another' }],
		] as const) {
			await database.query('INSERT INTO events VALUES ($1, $2)', [name, JSON.stringify(payload)]);
		}
	});

	afterAll(() => database.close());

	const VALUES: Record<string, unknown> = {
		klaviyo_orders_count: 1,
		klaviyo_revenue_eur_sum: 'EUR -41.5',
		klaviyo_order_last: '2031-02-03T04:05:06.000Z',
		klaviyo_order_value_eur_average: 'EUR 41.5',
		klaviyo_lists_all: undefined,
		klaviyo_consent_email_last: 'withdrawn',
		klaviyo_consent_sms_last: 'withdrawn',
		klaviyo_carts_left_count: 1,
		klaviyo_nps_last: '9',
		klaviyo_birthday_points_sum: '50',
	};

	it.each(attributes().map((attribute) => [attribute.id, attribute] as const))(
		'%s finds its value in a sample, as an attribute of the CDP',
		async (_, { definition: { value, filter, types } }) => {
			const rows = await database.query(
				`SELECT ${value} AS found FROM events WHERE event_type_id = ANY ($1) AND ${filter}`,
				[types],
			);
			expect(rows.length).toBeGreaterThan(0);
			for (const { found } of rows) expect(found).not.toBeNull();
		},
	);

	it.each(attributes().map(({ id, sql }) => [id, sql] as const))(
		'%s has the right value as SQL for Pipes',
		async (id, sql) => {
			const rows = await database.query(sql);
			const values = Object.values(rows[0] ?? {});
			const found = values.length > 1 ? `${values[0] as string} ${Number(values[1])}` : values[0];
			expect(found).toEqual(VALUES[id]);
		},
	);

	it('leaves a list out after the person left it, and no earlier', async () => {
		const { sql } = attributes().find(({ id }) => id === 'klaviyo_lists_all')!;
		const again = { ...sampleOf('subscribed_to_list').payload, event_id: 'again' };
		const payload = { ...again, event_time: '2031-02-03T09:00:00.000Z' };
		await database.query('BEGIN');
		await database.query('INSERT INTO events VALUES ($1, $2)', [
			'subscribed_to_list',
			JSON.stringify(payload),
		]);
		expect(await database.query(sql)).toEqual([{ list: 'Newsletter' }]);
		await database.query('ROLLBACK');
	});

	it.each(stitching().map(({ category, value }) => [category, value] as const))(
		'the stitching category %s finds the person',
		async (category, value) => {
			const rows = await database.query(
				`SELECT DISTINCT ${value} AS found FROM events WHERE event_type_id = 'placed_order'`,
			);
			const { profile } = sampleOf('placed_order').payload as { profile: Record<string, string> };
			const wanted: Record<string, string> = {
				ps_email_address: profile.email!,
				ps_phone_number: profile.phone_number!.slice(1),
				ps_customer_id: profile.external_id!,
				ps_klaviyo_id: profile.klaviyo_id!,
			};
			expect(rows).toEqual([{ found: wanted[category] }]);
		},
	);

	it.each(['event_name', 'profile.email', 'trigger_event.value'])(
		'the path %s leads to the same in every notation',
		async (path) => {
			const { payload } = sampleOf('placed_order');
			const steps = path.split('.');
			const value = String(
				steps.reduce<unknown>((place, step) => (place as Record<string, unknown>)[step], payload),
			);
			const [column, ...alert] = alertPath(path).split(',');
			const rows = await database.query(
				`SELECT ${sqlPath(path)} AS sql, ${column} #>> '{${alert.join(',')}}' AS alert,
				jsonb_path_query_first(payload, '${jsonPath(path)}') #>> '{}' AS json
				FROM events WHERE event_type_id = 'placed_order' LIMIT 1`,
			);
			expect(rows).toEqual([{ sql: value, alert: value, json: value }]);
		},
	);
});

describe('transform.js of a Pipes source', () => {
	interface PipesEvent {
		event_type: string;
		event_time: string;
		event_payload: { profile?: Record<string, unknown> };
	}
	const run = (payload: unknown, headers: Record<string, string>) =>
		JSON.parse(
			JSON.stringify(
				runInNewContext(
					`${meiroFiles()['meiro/pipes/transform.js']!}; transform(payload, headers)`,
					{
						payload,
						headers,
					},
				),
			),
		) as PipesEvent[];
	const SECRET = { 'X-N8N-Secret': 'change-me' };

	it.each(SAMPLES)('makes one event of %s, as envelope and as raw event', (_, event) => {
		const envelope = pipes.bodyOf(event) as unknown as PipesEvent;
		const [one] = run([envelope], SECRET);
		expect(one).toMatchObject({
			event_type: event.event_name,
			event_time: event.event_time,
			event_payload: { event_id: event.event_id },
		});
		expect(one!.event_payload).toEqual(JSON.parse(JSON.stringify(event.payload)));
		const isHash = /^[0-9a-f]{64}$/.test(event.event_id);
		expect(run(event.payload, SECRET)).toEqual([
			isHash ? one : { ...one, event_time: expect.any(String) as string },
		]);
	});

	it('writes the IDs as the node tells them, and leaves out what is none', () => {
		const event = sampleOf('placed_order');
		const profile = { external_id: 'None', email: ' Ana@Shop.example', phone_number: '600' };
		const [one] = run(
			pipes.bodyOf({
				...event,
				identifiers: [{ typeId: 'email', value: 'ana@shop.example' }],
				payload: { ...event.payload, profile },
			}),
			SECRET,
		);
		expect(one!.event_payload.profile).toEqual({ email: 'ana@shop.example' });
	});

	it.each([{}, { 'x-n8n-secret': '' }, { 'x-n8n-secret': 'other' }])(
		'refuses a request with the headers %j',
		(headers) => {
			expect(() => run([], headers as Record<string, string>)).toThrow(/secret/);
		},
	);
});
