import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

import {
	resolveWebhookDescriptionField,
	webhookDescriptionIsNativelyResolvable,
	type INode,
} from 'n8n-workflow';

import { KlaviyoTrigger } from '../../nodes/Klaviyo/KlaviyoTrigger.node';
import { startKlaviyo, type KlaviyoOptions, type KlaviyoStandIn } from '../../sandbox/klaviyo';
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
	const clock = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + ms);
	try {
		return await action();
	} finally {
		clock.mockRestore();
	}
}

describe('a delivery that a filter keeps out', () => {
	it.each([
		['event names', { eventNames: 'Started Checkout' }],
		['flow ids', { flowIds: 'Other1' }],
		['identity', { identity: 'phone' }],
		['age', { maxAgeHours: 1 }],
	])('is answered well and starts nothing: by %s', async (_, filters) => {
		const body = JSON.stringify({ ...JSON.parse(BODY), event_time: '2020-01-01T00:00:00Z' });
		expectAcknowledged(await deliver(setUp({ filters }), { body }));
	});

	it('is still refused when its secret is wrong', async () => {
		const answer = await deliver(setUp({ filters: { flowIds: 'Other1' } }), {
			headers: withSecret('a-long-enough-secret-2'),
		});
		expect(answer.status).toBe(401);
	});
});

describe('a delivery that every filter lets through', () => {
	it('becomes an item', async () => {
		const filters = {
			eventNames: 'Started Checkout, Placed Order',
			flowIds: 'AbC123',
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
		const { items } = await deliver(setUp({ ignoreFromMeiro: false }), { body: FROM_MEIRO });
		expect(items[0]!.json.from_meiro).toBe(true);
	});
});

describe('with address ranges of the user’s own', () => {
	const setup = () =>
		setUp({
			filters: { allowedAddresses: 'ranges', addressRanges: '203.0.113.0/24,\n2001:db8::/32' },
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
		const published = publishTrigger(
			setUp({ filters: { allowedAddresses: 'ranges', addressRanges } }),
		);
		await expect(published).rejects.toThrow(message);
	});

	it('is published with good ones', async () => {
		await expect(publishTrigger(setup())).resolves.toBe(true);
	});

	it('is published with a slip in ranges that are not in force', async () => {
		const filters = { allowedAddresses: 'klaviyo', addressRanges: 'a slip' };
		await expect(publishTrigger(setUp({ filters }))).resolves.toBe(true);
	});
});

describe('with the address ranges that Klaviyo publishes', () => {
	let klaviyo: KlaviyoStandIn | undefined;

	async function start(options: KlaviyoOptions = {}): Promise<TriggerSetup> {
		klaviyo = await startKlaviyo(options);
		return withRangesAt(rangesOf(klaviyo));
	}

	const rangesOf = ({ apiUrl }: KlaviyoStandIn) =>
		`${apiUrl}/client/ip-allowlists/integration-egress`;

	const withRangesAt = (egressUrl: string, egressPrivate = true) =>
		setUp({ filters: { allowedAddresses: 'klaviyo', egressUrl, egressPrivate } });

	afterEach(async () => {
		const violations = klaviyo?.contractViolations() ?? [];
		// Closed before anything can fail: an open server would keep jest waiting.
		await klaviyo?.close();
		klaviyo = undefined;
		expect(violations).toEqual([]);
	});

	it('takes what comes from one of them and nothing else', async () => {
		const setup = await start({ allowlistLoopback: true });
		expect((await deliver(setup, { ip: '127.0.0.1' })).items).toHaveLength(1);
		expect((await deliver(setup, { ip: '207.211.192.7' })).items).toHaveLength(1);
		expectAcknowledged(await deliver(setup, { ip: '203.0.113.9' }));
	});

	it('starts nothing for this machine when they do not name it', async () => {
		expectAcknowledged(await deliver(await start(), { ip: '127.0.0.1' }));
	});

	it('reads them once an hour, however many deliveries arrive', async () => {
		const setup = await start({ allowlistLoopback: true });
		await Promise.all(
			Array.from({ length: 5 }, async () => await deliver(setup, { ip: '127.0.0.1' })),
		);
		expect(klaviyo!.apiCalls()).toHaveLength(1);
		await later(3_600_001, async () => await deliver(setup, { ip: '127.0.0.1' }));
		expect(klaviyo!.apiCalls()).toHaveLength(2);
	});

	it('goes on with the known ones when they can not be read anew', async () => {
		const setup = await start({ allowlistLoopback: true });
		await deliver(setup, { ip: '127.0.0.1' });
		await klaviyo!.close();
		klaviyo = undefined;
		const answer = await later(3_600_001, async () => await deliver(setup, { ip: '127.0.0.1' }));
		expect(answer.items).toHaveLength(1);
	});

	it('asks Klaviyo to send again, with 503, while they can not be read, and recovers', async () => {
		const { url, close } = await unwillingServer();
		try {
			const setup = withRangesAt(url);
			const refused = await deliver(setup, { ip: '127.0.0.1' });
			expect(refused.status).toBe(503);
			expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
			expect(refused.data).toEqual({ noWebhookResponse: true });

			const empty = await deliver(setup, { ip: '127.0.0.1' });
			expect(empty.status).toBe(503);

			expect((await deliver(setup, { ip: '127.0.0.1' })).items).toHaveLength(1);
		} finally {
			await close();
		}
	});

	it('asks no private address unless the user allows it, not even for what it knew before', async () => {
		const allowed = await start({ allowlistLoopback: true });
		const refused = withRangesAt(rangesOf(klaviyo!), false);
		await expect(publishTrigger(refused)).rejects.toThrow(
			/'Published Ranges URL' of the Klaviyo Trigger.*'Published Ranges URL May Be Private'/,
		);
		expect((await deliver(refused, { ip: '127.0.0.1' })).status).toBe(503);
		expect(klaviyo!.apiCalls()).toHaveLength(0);

		await expect(publishTrigger(allowed)).resolves.toBe(true);
		expect((await deliver(allowed, { ip: '127.0.0.1' })).items).toHaveLength(1);
		expect((await deliver(refused, { ip: '127.0.0.1' })).status).toBe(503);
	});

	it.each(['http://a.klaviyo.com', 'ftp://a.klaviyo.com', 'nonsense', 'https://u:p@a.klaviyo.com'])(
		'is refused on publishing with %s as their address',
		async (egressUrl) => {
			await expect(publishTrigger(withRangesAt(egressUrl))).rejects.toThrow(
				/'Published Ranges URL'/,
			);
		},
	);

	it('follows no redirect to them', async () => {
		await start({ allowlistLoopback: true });
		const { url, close } = await redirectTo(rangesOf(klaviyo!));
		try {
			expect((await deliver(withRangesAt(url), { ip: '127.0.0.1' })).status).toBe(503);
			expect(klaviyo!.apiCalls()).toHaveLength(0);
		} finally {
			await close();
		}
	});
});

/** Answers 500, then a list without ranges, then one with. */
async function unwillingServer(): Promise<Served> {
	const answers: Array<[number, string[]]> = [
		[500, []],
		[200, []],
		[200, ['127.0.0.0/8']],
	];
	return await serve((_, response) => {
		const [status, prefixes] = answers.shift() ?? [500, []];
		response.writeHead(status, { 'content-type': 'application/json', connection: 'close' });
		response.end(JSON.stringify({ data: { attributes: { prefixes } } }));
	});
}

async function redirectTo(location: string): Promise<Served> {
	return await serve((_, response) =>
		response.writeHead(302, { location, connection: 'close' }).end(),
	);
}

interface Served {
	url: string;
	close: () => Promise<void>;
}

async function serve(answer: RequestListener): Promise<Served> {
	const server = createServer(answer);
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		close: async () => await new Promise<void>((resolve) => server.close(() => resolve())),
	};
}

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
		['when the event is saved', { reply: 'onReceived' }, 'onReceived'],
		['when the workflow has finished', { reply: 'lastNode' }, 'lastNode'],
	])('is %s', (_, parameters: INode['parameters'], expected) => {
		expect(resolveWebhookDescriptionField({ parameters }, webhook!, 'responseMode')).toEqual({
			resolved: true,
			value: expected,
		});
	});

	it('is read by an n8n that knows expressions alone, too', () => {
		expect(webhook!.responseMode).toBe('={{$parameter["reply"] || "onReceived"}}');
	});

	it('needs no expression, which would cost every request an isolate', () => {
		expect(webhookDescriptionIsNativelyResolvable(webhook!)).toBe(true);
	});
});
