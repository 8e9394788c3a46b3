import { signatureOf, signingSecret } from '../../nodes/Klaviyo/trigger/door/signature';
import { startKlaviyo, type KlaviyoOptions, type KlaviyoStandIn } from '../../sandbox/klaviyo';
import { envelope, systemHeaders, type SystemEvent } from '../../sandbox/klaviyo/api/system-events';
import {
	callTrigger,
	MemoryCredentials,
	publishTrigger,
	unpublishTrigger,
	type TriggerAnswer,
	type TriggerRequest,
	type TriggerSetup,
} from './support/engine';

const SECRET = 'the-secret-of-the-lamp-shop';
const WEBHOOK_ID = '5f0d3c58-7f0e-4b53-8a5e-0c4c7c9a1b01';
const PRODUCTION_URL = `https://n8n.example/webhook/${WEBHOOK_ID}/klaviyo`;
const TOPICS = ['event:klaviyo.sent_sms', 'event:api.viewed_product'];
const HOUR_MS = 3_600_000;
const PROFILE_ID = '01JZ0000000000000000000000';

let klaviyo: KlaviyoStandIn;
let credentialCount = 0;

async function start(options: KlaviyoOptions = {}): Promise<void> {
	klaviyo = await startKlaviyo(options);
}

afterEach(async () => {
	const violations = klaviyo.contractViolations();
	const deletions = klaviyo.apiCalls().filter(({ method }) => method === 'DELETE');
	// Closed before anything can fail: an open server would keep jest waiting.
	await klaviyo.close();
	expect(violations).toEqual([]);
	expect(deletions).toEqual([]);
});

function setUp(
	parameters: TriggerSetup['parameters'] = {},
	more: Partial<TriggerSetup> & { apiKey?: string } = {},
): TriggerSetup {
	const { apiKey = 'pk_sandbox', ...others } = more;
	return {
		credentials: new MemoryCredentials({
			klaviyoWebhookApi: { headerName: 'X-Klaviyo-Secret', secret: SECRET },
			klaviyoPrivateKeyApi: { apiKey, baseUrl: klaviyo.apiUrl, allowPrivate: true },
		}),
		parameters: { setUp: 'systemWebhook', topics: TOPICS, ...parameters },
		credentialId: `system-test-${credentialCount++}`,
		webhookId: WEBHOOK_ID,
		...others,
	};
}

const only = () => {
	expect(klaviyo.systemWebhooks()).toHaveLength(1);
	return klaviyo.systemWebhooks()[0]!;
};

const writes = () => klaviyo.apiCalls().filter(({ method }) => method !== 'GET');

describe('publishing with a system webhook', () => {
	beforeEach(async () => await start());

	it('registers one, enabled, with our address, the chosen topics and a secret of its own', async () => {
		await publishTrigger(setUp());
		expect(only()).toMatchObject({ endpoint_url: PRODUCTION_URL, enabled: true, topics: TOPICS });
		expect(only().secret_key).toMatch(/^[0-9a-f]{64}$/);
		expect(only().secret_key).not.toBe(SECRET);
		expect(klaviyo.contractChecked()).toBeGreaterThan(0);
		expect(klaviyo.flows()).toHaveLength(0);
	});

	it('says that the topics are missing, and calls nothing', async () => {
		await expect(publishTrigger(setUp({ topics: [] }))).rejects.toThrow(/'Topics' is empty/);
		expect(klaviyo.apiCalls()).toEqual([]);
	});

	it('does not touch the webhook of another n8n, unless it may', async () => {
		await publishTrigger(setUp());
		const written = () => klaviyo.apiCalls().filter(({ method }) => method !== 'GET').length;
		const before = written();
		const staging = (options = {}) => ({
			...setUp({ options: { whenUnpublished: 'pause', ...options } }),
			webhookBaseUrl: 'https://staging.example/webhook',
		});
		await expect(publishTrigger(staging())).rejects.toThrow(
			/calls n8n\.example, and this n8n is staging\.example: it was not touched.*'Take Over'/,
		);
		await unpublishTrigger(staging());
		expect(written()).toBe(before);
		await publishTrigger(staging({ publishingMay: ['takeOver'] }));
		expect(written()).toBe(before + 1);
	});

	it('says that Klaviyo allows ten, and what to do', async () => {
		for (let i = 0; i < 10; i++) await publishTrigger(setUp({}, { webhookId: `other-${i}` }));
		await expect(publishTrigger(setUp())).rejects.toThrow(/10 system webhooks.*Delete one/);
		expect(klaviyo.systemWebhooks()).toHaveLength(10);
	});

	it('brings its own up to date although there are ten', async () => {
		await publishTrigger(setUp());
		for (let i = 0; i < 9; i++) await publishTrigger(setUp({}, { webhookId: `other-${i}` }));
		await publishTrigger(setUp({ topics: [TOPICS[0]!] }));
		expect(klaviyo.systemWebhooks()).toHaveLength(10);
		expect(klaviyo.systemWebhooks()[0]!.topics).toEqual([TOPICS[0]]);
	});
});

describe('publishing again', () => {
	beforeEach(async () => await start());

	it('makes no second one, also after the node was renamed', async () => {
		await publishTrigger(setUp());
		const { id, secret_key } = only();
		await publishTrigger(setUp());
		await publishTrigger(setUp({}, { name: 'Renamed Trigger' }));
		expect(only()).toMatchObject({ id, secret_key, enabled: true, topics: TOPICS });
	});

	it('brings other topics and another secret into the one that is there', async () => {
		await publishTrigger(setUp());
		const { id, secret_key } = only();
		const changed = setUp({ topics: ['event:api.placed_order'] });
		changed.credentials.data.klaviyoWebhookApi!.secret = 'another-secret-of-the-shop';
		await publishTrigger(changed);
		expect(only()).toMatchObject({ id, topics: ['event:api.placed_order'] });
		expect(only().secret_key).not.toBe(secret_key);
	});

	it('leaves the webhook of another trigger alone', async () => {
		await publishTrigger(setUp());
		await publishTrigger(setUp({}, { webhookId: '0e4c1d77-1111-4222-8333-944455556666' }));
		const all = klaviyo.systemWebhooks();
		expect(all).toHaveLength(2);
		expect(new Set(all.map(({ secret_key }) => secret_key)).size).toBe(2);
		expect(all[0]!.endpoint_url).toBe(PRODUCTION_URL);
	});
});

describe('unpublishing', () => {
	beforeEach(async () => await start());

	it('leaves the webhook as it is by default', async () => {
		await publishTrigger(setUp());
		await unpublishTrigger(setUp());
		expect(only().enabled).toBe(true);
	});

	it('disables it when asked to, and the next publish enables it again', async () => {
		const pausing = () => setUp({ options: { whenUnpublished: 'pause' } });
		await publishTrigger(pausing());
		const { id } = only();
		await unpublishTrigger(pausing());
		expect(only()).toMatchObject({
			id,
			enabled: false,
			topics: TOPICS,
			endpoint_url: PRODUCTION_URL,
		});
		await publishTrigger(pausing());
		expect(only()).toMatchObject({ id, enabled: true });
	});

	it('changes nothing when there is none, or when it is disabled already', async () => {
		const pausing = () => setUp({ options: { whenUnpublished: 'pause' } });
		await unpublishTrigger(pausing());
		expect(writes()).toHaveLength(0);
		await publishTrigger(pausing());
		await unpublishTrigger(pausing());
		const before = writes().length;
		await unpublishTrigger(pausing());
		expect(writes()).toHaveLength(before);
	});

	it('disables no webhook of another trigger', async () => {
		await publishTrigger(setUp());
		await unpublishTrigger(
			setUp({ options: { whenUnpublished: 'pause' } }, { webhookId: 'another' }),
		);
		expect(only().enabled).toBe(true);
	});
});

describe('listening for a test event', () => {
	it('calls nothing in Klaviyo, neither at its begin nor at its end', async () => {
		await start();
		await publishTrigger(setUp({ options: { whenUnpublished: 'pause' } }), 'listen');
		await unpublishTrigger(setUp({ options: { whenUnpublished: 'pause' } }), 'stopListening');
		expect(klaviyo.apiCalls()).toEqual([]);
	});
});

describe('when Klaviyo says no', () => {
	it('tells that the account lacks Advanced KDP, and what to choose instead', async () => {
		await start({ apiKeys: [{ key: 'pk_plain', scopes: '*' }] });
		const published = publishTrigger(setUp({}, { apiKey: 'pk_plain' }));
		await expect(published).rejects.toThrow(/Advanced KDP.*Klaviyo flow/);
		await expect(published).rejects.not.toThrow(/pk_plain/);
	});

	it.each([
		['webhooks:read', ['flows:read']],
		['webhooks:write', ['webhooks:read']],
	])('names the missing scope %s', async (missing, scopes) => {
		await start({ apiKeys: [{ key: 'pk_some', scopes, kdp: true }] });
		await expect(publishTrigger(setUp({}, { apiKey: 'pk_some' }))).rejects.toThrow(
			`this needs ${missing}`,
		);
	});
});

describe('a delivery of the registered webhook', () => {
	const SENT: SystemEvent = {
		topic: 'event:klaviyo.sent_sms',
		external_id: '4L3cwQae2TX',
		profile_id: PROFILE_ID,
		time: new Date('2031-02-03T04:05:06Z'),
		properties: { note: 'žluťoučký 🐎' },
	};
	const VIEWED: SystemEvent = {
		topic: 'event:api.viewed_product',
		external_id: '4L3cwQae2TY',
		profile_id: PROFILE_ID,
	};

	beforeEach(async () => {
		await start();
		await publishTrigger(setUp());
	});

	/** As the stand-in sends it: its own signature, by the secret that publishing told it. */
	function request(
		events: SystemEvent[],
		{ now = new Date(), webhookId }: { now?: Date; webhookId?: string } = {},
	): { headers: Record<string, string>; body: string } {
		const { secret_key, klaviyo_webhook_id } = only();
		const told = { webhookId: webhookId ?? klaviyo_webhook_id, accountId: 'LaMp01', now };
		const body = JSON.stringify(envelope(events, told));
		const headers = systemHeaders(Buffer.from(body), secret_key, klaviyo_webhook_id, now);
		return { headers: lowerCased(headers), body };
	}

	const lowerCased = (headers: Record<string, string>) =>
		Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));

	function expectRefused(answer: TriggerAnswer): void {
		expect(answer.status).toBe(401);
		expect(answer.data).toEqual({ noWebhookResponse: true });
		expect(answer.items).toEqual([]);
	}

	function expectAcknowledged(answer: TriggerAnswer): void {
		expect(answer.status).toBeNull();
		expect(answer.data).toEqual({ webhookResponse: expect.anything() });
		expect(answer.items).toEqual([]);
	}

	it('becomes one item for each of its events', async () => {
		const { items, status } = await callTrigger(setUp(), request([SENT, VIEWED]));
		expect(status).toBeNull();
		expect(items.map(({ json }) => json)).toEqual([
			expect.objectContaining({
				event_name: 'sent_sms',
				trigger_event: expect.objectContaining({ time: '2031-02-03T04:05:06.000Z' }),
				received_via: 'system_webhook',
				account: 'LaMp01',
				flow: null,
				profile: { klaviyo_id: PROFILE_ID },
				properties: expect.objectContaining({ note: 'žluťoučký 🐎' }),
			}),
			expect.objectContaining({ event_name: 'viewed_product', received_via: 'system_webhook' }),
		]);
	});

	it('is understood by the signature that the reference describes', async () => {
		const { headers, body } = request([SENT]);
		const secret = signingSecret(SECRET, WEBHOOK_ID);
		expect(only().secret_key).toBe(secret);
		expect(headers['klaviyo-signature']).toBe(
			signatureOf(Buffer.from(body), headers['klaviyo-timestamp']!, secret),
		);
	});

	it('gives an event once that it holds twice', async () => {
		const { items } = await callTrigger(setUp(), request([SENT, VIEWED, SENT]));
		expect(items).toHaveLength(2);
	});

	it('gives the same event_id when it is sent again', async () => {
		const [first, second] = [
			await callTrigger(setUp(), request([SENT])),
			await callTrigger(setUp(), request([SENT])),
		];
		expect(second.items[0]!.json.event_id).toBe(first.items[0]!.json.event_id);
	});

	it('is read from bytes that n8n has not read yet', async () => {
		const { items } = await callTrigger(setUp(), { ...request([SENT]), unread: true });
		expect(items).toHaveLength(1);
	});

	it('holds a thousand events', async () => {
		const many = Array.from({ length: 1000 }, (_, i) => ({ ...SENT, external_id: `many-${i}` }));
		expect((await callTrigger(setUp(), request(many))).items).toHaveLength(1000);
	});

	it.each<[string, (good: { headers: Record<string, string>; body: string }) => TriggerRequest]>([
		[
			'its body was changed',
			({ headers, body }) => ({ headers, body: body.replace('sent_sms', 'sent_smS') }),
		],
		[
			'its body was written anew',
			({ headers, body }) => ({ headers, body: JSON.stringify(JSON.parse(body), null, 1) }),
		],
		[
			'its timestamp was changed',
			({ headers, body }) => ({ headers: { ...headers, 'klaviyo-timestamp': 'now' }, body }),
		],
		[
			'its header names another webhook',
			({ headers, body }) => ({
				headers: { ...headers, 'klaviyo-webhook-id': 'f'.repeat(64) },
				body,
			}),
		],
		[
			'it has the secret of flow webhooks alone',
			({ body }) => ({ headers: { 'x-klaviyo-secret': SECRET }, body }),
		],
		[
			'it has no signature',
			({ headers, body }) => ({
				headers: { 'klaviyo-timestamp': headers['klaviyo-timestamp']! },
				body,
			}),
		],
		[
			'its bytes could not be received',
			({ headers, body }) => ({ headers, body, unread: true, readError: new Error('too large') }),
		],
	])('is refused with 401 when %s', async (_, change) => {
		expectRefused(await callTrigger(setUp(), change(request([SENT]))));
	});

	it('is refused with 401 when its body, well signed, names another webhook', async () => {
		expectRefused(await callTrigger(setUp(), request([SENT], { webhookId: 'f'.repeat(64) })));
	});

	it('is refused with 401 by another trigger, even with the same credential', async () => {
		expectRefused(await callTrigger(setUp({}, { webhookId: 'another' }), request([SENT])));
	});

	it('starts nothing when it was signed more than two days ago', async () => {
		const old = (hours: number) => request([SENT], { now: new Date(Date.now() - hours * HOUR_MS) });
		expectAcknowledged(await callTrigger(setUp(), old(49)));
		expect((await callTrigger(setUp(), old(47))).items).toHaveLength(1);
	});

	it('goes through the filters', async () => {
		const filtered = setUp({ filters: { eventNames: 'Viewed Product' } });
		expect((await callTrigger(filtered, request([SENT, VIEWED]))).items).toHaveLength(1);
		expectAcknowledged(await callTrigger(filtered, request([SENT])));
	});

	it('is taken with the previous secret until Klaviyo has the new one', async () => {
		const changed = setUp();
		Object.assign(changed.credentials.data.klaviyoWebhookApi!, {
			secret: 'another-secret-of-the-shop',
			previousSecret: SECRET,
		});
		expect((await callTrigger(changed, request([SENT]))).items).toHaveLength(1);
		await publishTrigger(changed);
		expect((await callTrigger(changed, request([SENT]))).items).toHaveLength(1);
	});

	it('is put off with 503 while the credential can not be read', async () => {
		const setup = setUp();
		setup.credentials.data = {};
		expect((await callTrigger(setup, request([SENT]))).status).toBe(503);
	});
});
