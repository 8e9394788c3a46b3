import { inventEntry, inventEvent, inventProfile } from '../../sandbox/klaviyo/profiles';
import { ANA, closeAll, startPair } from './klaviyo-receiver';

afterEach(closeAll);

const indexes = Array.from({ length: 500 }, (_, index) => index);

it('gives the same person and event for the same seed and index, others for others', () => {
	expect(inventEntry(3)).toEqual(inventEntry(3));
	expect(inventProfile(3, { seed: 2 }).klaviyo_id).not.toBe(inventProfile(3).klaviyo_id);
	expect(new Set(indexes.map((index) => inventProfile(index).klaviyo_id)).size).toBe(500);
});

it('gives every index an address of its own under shop.example', () => {
	const emails = indexes.map((index) => inventProfile(index).email);
	expect(new Set(emails).size).toBe(500);
	for (const email of emails) expect(email).toMatch(/^[^@\s]+@shop\.example$/);
});

it('invents names in several scripts', () => {
	const names = indexes.map((index) => inventProfile(index).first_name).join('');
	for (const script of [
		'Latin',
		'Greek',
		'Cyrillic',
		'Arabic',
		'Hebrew',
		'Han',
		'Hangul',
		'Thai',
	]) {
		expect(names).toMatch(new RegExp(`\\p{Script=${script}}`, 'u'));
	}
});

it('is hostile only when asked to', () => {
	const text = (hostile: boolean) =>
		JSON.stringify(indexes.map((index) => inventEntry(index, 'Placed Order', { hostile })));
	for (const hard of ['\\"', '\\r\\n', '👩‍👩‍👧', '{{ email }}', '\\\\', '\\u0000']) {
		expect(text(true)).toContain(hard);
		expect(text(false)).not.toContain(hard);
	}
});

it('shapes events as the guide for custom shops does', () => {
	const order = inventEvent('Placed Order', 1);
	expect(order).toMatchObject({ metric: 'Placed Order', unique_id: 'order-1' });
	expect(order.value).toBeGreaterThan(0);
	expect(order.properties).toHaveProperty('DiscountCode');
	expect(inventEvent('Canceled Order', 1).properties).toHaveProperty('Discount Code');
	expect(inventEvent('Started Checkout', 1).properties).toHaveProperty('CheckoutURL');
	expect(inventEvent('Subscribed to List', 1)).not.toHaveProperty('value');
	expect(inventEntry(1, null)).not.toHaveProperty('event');
});

it('carries hostile text through base64_encode unharmed, in JSON that parses', async () => {
	const { receiver, klaviyo } = await startPair([200]);
	const body = '{"name":"{{ person.first_name|base64_encode }}"}';
	const flow = klaviyo.createFlow({ name: 'Hard', webhook: { url: receiver.url, body } });
	const entries = indexes.slice(0, 50).map((index) => ({
		...ANA,
		profile: inventProfile(index, { hostile: true }),
	}));
	for (const entry of entries) klaviyo.enter(flow.id, entry);
	await klaviyo.settled();
	const names = receiver.received.map((request) => {
		const { name } = JSON.parse(request.body.toString()) as { name: string };
		return Buffer.from(name, 'base64').toString('utf8');
	});
	expect(names.sort()).toEqual(entries.map((entry) => entry.profile.first_name).sort());
});
