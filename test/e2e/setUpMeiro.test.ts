// From nothing to the first attribute in Meiro: set-up-meiro makes what is missing, abandoned-cart sends, an admin has pasted what
// the list says, and the profile is asked.
import { attributes } from '../../docs/build/meiro/attributes';
import { stitching } from '../../docs/build/meiro/files';
import { abandonedCart } from '../../sandbox/demo/scenarios/abandonedCart';
import { setUpChoice } from '../../sandbox/demo/scenarios/setUpMeiro';
import { bodyOf, play } from '../../sandbox/demo/scenario';
import { publishTemplate, type World } from '../../sandbox/demo/world';
import { importTemplate } from '../../sandbox/n8n/templates';
import { runByHand } from '../../sandbox/n8n/executions';
import { logIn } from '../sandbox/meiro-client';
import { Postgres } from '../support/postgres';
import { withWorld } from './support/world';

let world: World;
withWorld((one) => void (world = one));

/** Runs set-up-meiro as a user who filled in the node Choose. */
async function setUp(filledIn: Record<string, unknown>): Promise<void> {
	const { workflowId } = await importTemplate(world, {
		template: 'set-up-meiro',
		parameters: { Choose: setUpChoice({ test_email: 'person-7@shop.example', ...filledIn }) },
	});
	await runByHand(world, workflowId, 'When You Execute');
}

/** What Loader ME to CDP does: every event of the webhook source becomes a customer event; the CDP takes no unknown type. */
async function loadIntoCdp(): Promise<void> {
	const { api } = await logIn(world.meiro);
	const events = world.meiro.events({ product: 'meiro_events' }).map((event) => {
		const payload = bodyOf(event) as { event_time: string; profile: { email: string } };
		return {
			source_id: event.source,
			type: event.event_name,
			version: '1-0-0',
			user_identifier: payload.profile.email,
			event_time: payload.event_time,
			payload: JSON.stringify(payload),
		};
	});
	const { status } = await api('POST', '/customer_events/', { body: { customer_events: events } });
	expect(status).toBe(201);
}

const types = () => world.meiro.cdp.eventTypes().map(({ type }) => type);

it('shows what it would make, and makes nothing until it is told to', async () => {
	const before = types();
	await setUp({ 'abandoned-cart': true });
	expect(types()).toEqual(before);
	expect(world.meiro.count()).toBe(0);
});

it('gives the profile the attributes of a cart, with no step but those that its list names', async () => {
	const before = types();
	await setUp({ make_them: true, 'abandoned-cart': true });
	expect(
		types()
			.filter((type) => !before.includes(type))
			.sort(),
	).toEqual(['cart_abandoned', 'cart_recovered']);
	// The test event came straight to the CDP.
	expect(world.meiro.events({ product: 'meiro_cdp' })).toHaveLength(1);

	const published = await publishTemplate(world, abandonedCart);
	const { problems } = await play(world, abandonedCart, published, () => undefined);
	expect(problems).toEqual([]);
	await loadIntoCdp();

	const database = new Postgres();
	try {
		await database.query('CREATE TABLE events (event_type_id text, payload jsonb)');
		for (const { type, payload } of world.meiro.cdp.customerEvents())
			await database.query('INSERT INTO events VALUES ($1, $2)', [type, payload]);
		const { definition } = attributes().find(({ id }) => id === 'klaviyo_carts_left_count')!;
		const email = stitching().find(({ category }) => category === 'ps_email_address')!.value;
		const profiles = await database.query(
			`SELECT ${email} AS person, count(${definition.value}) AS carts FROM events
			WHERE event_type_id = ANY ($1) AND ${definition.filter} GROUP BY 1`,
			[definition.types],
		);
		expect(profiles).toHaveLength(20);
		for (const { carts } of profiles) expect(Number(carts)).toBe(1);
		expect(profiles.map(({ person }) => person)).toContain('person-20000@shop.example');
	} finally {
		database.close();
	}
});

it('touches nothing that is there when it runs again', async () => {
	const before = world.meiro.cdp.eventTypes();
	await setUp({ make_them: true, 'abandoned-cart': true });
	expect(world.meiro.cdp.eventTypes()).toEqual(before);
	expect(world.meiro.cdp.sources().filter(({ id }) => id === 'klaviyo')).toHaveLength(1);
});
