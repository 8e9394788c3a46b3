import {
	resolveWebhookDescriptionField,
	webhookDescriptionIsNativelyResolvable,
	type INode,
} from 'n8n-workflow';

import { KlaviyoTrigger } from '../../nodes/Klaviyo/KlaviyoTrigger.node';
import {
	callTrigger,
	MemoryCredentials,
	publishTrigger,
	type TriggerAnswer,
	type TriggerRequest,
	type TriggerSetup,
} from './support/engine';

const SECRET = 'a-long-enough-secret-1';
const BODY = JSON.stringify({ email: 'ana@shop.example', metric: 'Placed Order' });
const FROM_MEIRO = JSON.stringify({
	email: 'ana@shop.example',
	metric: 'Placed Order',
	properties: { meiro_origin: true },
});

let credentialCount = 0;

function setUp(parameters: TriggerSetup['parameters'] = {}): TriggerSetup {
	const credentials = new MemoryCredentials({
		klaviyoWebhookApi: { headerName: 'X-Klaviyo-Secret', secret: SECRET },
	});
	return { credentials, parameters, credentialId: `filter-test-${credentialCount++}` };
}

const withSecret = (secret = SECRET) => ({
	'x-klaviyo-secret': secret,
	'x-klaviyo-flow-id': 'AbC123',
});

const deliver = async (setup: TriggerSetup, request: TriggerRequest = {}) =>
	await callTrigger(setup, { headers: withSecret(), body: BODY, ...request });

/** n8n answers 200 and runs nothing. */
function expectAcknowledged(answer: TriggerAnswer): void {
	expect(answer.items).toEqual([]);
	expect(answer.data).toEqual({ webhookResponse: expect.anything() });
	expect(answer.status).toBeNull();
}

async function later<T>(ms: number, action: () => Promise<T>): Promise<T> {
	const clock = jest.spyOn(performance, 'now').mockReturnValue(performance.now() + ms);
	try {
		return await action();
	} finally {
		clock.mockRestore();
	}
}

describe('a delivery that a filter keeps out', () => {
	it.each([
		['event names', { eventNames: 'Started Checkout' }],
		['identity', { identity: 'phone' }],
		['age', { maxAgeHours: 1 }],
	])('is answered well and starts nothing: by %s', async (_, filters) => {
		const body = JSON.stringify({ ...JSON.parse(BODY), event_time: '2020-01-01T00:00:00Z' });
		expectAcknowledged(await deliver(setUp({ filters }), { body }));
	});

	it('is still refused when its secret is wrong', async () => {
		const answer = await deliver(setUp({ filters: { eventNames: 'Other' } }), {
			headers: withSecret('a-long-enough-secret-2'),
		});
		expect(answer.status).toBe(401);
	});
});

describe('a delivery that every filter lets through', () => {
	it('becomes an item', async () => {
		const filters = {
			eventNames: 'Started Checkout, Placed Order',
			identity: 'email',
			maxAgeHours: 1,
		};
		expect((await deliver(setUp({ filters }))).items).toHaveLength(1);
	});

	it('becomes an item although a filter names others when its body can not be read', async () => {
		const setup = setUp({ filters: { eventNames: 'Started Checkout', identity: 'phone' } });
		const { items } = await deliver(setup, { body: 'hello' });
		expect(items[0]!.json).toMatchObject({ error: expect.any(String), raw: 'hello' });
	});
});

describe('one delivery with several events', () => {
	it('gives the wanted ones alone', async () => {
		const body = JSON.stringify([
			{ email: 'ana@shop.example', metric: 'Placed Order' },
			{ email: 'bob@shop.example', metric: 'Viewed Product' },
		]);
		const { items } = await deliver(setUp({ filters: { eventNames: 'viewed_product' } }), { body });
		expect(items.map(({ json }) => json.profile)).toEqual([{ email: 'bob@shop.example' }]);
	});
});

describe('an event that came from Meiro in the first place', () => {
	it('starts nothing by default', async () => {
		expectAcknowledged(await deliver(setUp(), { body: FROM_MEIRO }));
	});

	it('is taken when the user wants it, and marked', async () => {
		const { items } = await deliver(setUp({ options: { ignoreFromMeiro: false } }), {
			body: FROM_MEIRO,
		});
		expect(items[0]!.json.from_meiro).toBe(true);
	});
});

describe('with address ranges of the user’s own', () => {
	const setup = () =>
		setUp({
			filters: { addressRanges: '203.0.113.0/24,\n2001:db8::/32' },
		});

	it.each(['203.0.113.9', '::ffff:203.0.113.9', '2001:db8::1'])(
		'takes a delivery from %s',
		async (ip) => {
			expect((await deliver(setup(), { ip })).items).toHaveLength(1);
		},
	);

	it.each(['198.51.100.1', '2001:db9::1', 'garbage', undefined])(
		'starts nothing for a delivery from %s',
		async (ip) => {
			expectAcknowledged(await deliver(setup(), ip === undefined ? {} : { ip }));
		},
	);

	it.each([
		[
			'an entry that is none',
			'203.0.113.0/24, 203.0.113.0/33',
			/'Address Ranges'.*'203\.0\.113\.0\/33'/,
		],
		['a host name', 'klaviyo.com', /'Address Ranges'.*'klaviyo\.com'/],
		['nothing', ' , ', /'Address Ranges' is empty/],
	])('is refused on publishing with %s', async (_, addressRanges, message) => {
		const published = publishTrigger(setUp({ filters: { addressRanges } }));
		await expect(published).rejects.toThrow(message);
	});

	it('reads no body, and asks for no secret, of a caller from elsewhere', async () => {
		const readError = new Error('nobody is to read this');
		const elsewhere = setup();
		elsewhere.credentials.data = {};
		for (const ip of ['198.51.100.1', 'garbage']) {
			expectAcknowledged(await deliver(elsewhere, { ip, unread: true, readError }));
		}
	});

	it('is published with good ones', async () => {
		await expect(publishTrigger(setup())).resolves.toBe(true);
	});
});

describe('while the secret is changed in Klaviyo', () => {
	const PREVIOUS = 'the-secret-of-last-summer';

	function changing(): TriggerSetup {
		const setup = setUp();
		setup.credentials.data.klaviyoWebhookApi!.previousSecret = PREVIOUS;
		return setup;
	}

	it('takes deliveries with the new one and with the previous one', async () => {
		const setup = changing();
		expect((await deliver(setup)).items).toHaveLength(1);
		expect((await deliver(setup, { headers: withSecret(PREVIOUS) })).items).toHaveLength(1);
	});

	it('refuses any other', async () => {
		const answer = await deliver(changing(), { headers: withSecret(`${PREVIOUS}1`) });
		expect(answer.status).toBe(401);
	});

	it('refuses the previous one once it is emptied', async () => {
		const setup = changing();
		await deliver(setup, { headers: withSecret(PREVIOUS) });
		setup.credentials.data.klaviyoWebhookApi!.previousSecret = '';
		const answer = await later(
			31_000,
			async () => await deliver(setup, { headers: withSecret(PREVIOUS) }),
		);
		expect(answer.status).toBe(401);
	});

	it('is refused on publishing with a previous one that is too short, which lets nobody in', async () => {
		const setup = setUp();
		setup.credentials.data.klaviyoWebhookApi!.previousSecret = 'short';
		await expect(publishTrigger(setup)).rejects.toThrow(/'Previous Secret'/);
		expect((await deliver(setup, { headers: withSecret('short') })).status).toBe(401);
	});
});

describe('when n8n answers Klaviyo', () => {
	const [webhook] = new KlaviyoTrigger().description.webhooks!;

	it.each([
		['when the event is saved, unless told otherwise', {}, 'onReceived'],
		['when the event is saved', { options: { reply: 'onReceived' } }, 'onReceived'],
		['when the workflow has finished', { options: { reply: 'lastNode' } }, 'lastNode'],
	])('is %s', (_, parameters: INode['parameters'], expected) => {
		expect(resolveWebhookDescriptionField({ parameters }, webhook!, 'responseMode')).toEqual({
			resolved: true,
			value: expected,
		});
	});

	it('is read by an n8n that knows expressions alone, too', () => {
		expect(webhook!.responseMode).toBe('={{$parameter["options"]["reply"] || "onReceived"}}');
	});

	it('needs no expression, which would cost every request an isolate', () => {
		expect(webhookDescriptionIsNativelyResolvable(webhook!)).toBe(true);
	});
});
