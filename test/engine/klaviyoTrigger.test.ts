import { callTrigger, MemoryCredentials, publishTrigger } from './support/engine';

const SECRET = 'a-long-enough-secret-1';
const HEADER = 'X-Klaviyo-Secret';

let credentialCount = 0;

function setUp(secret = SECRET, parameters = {}) {
	const credentials = new MemoryCredentials({
		klaviyoWebhookApi: { headerName: HEADER, secret },
	});
	return { credentials, parameters, credentialId: `trigger-test-${credentialCount++}` };
}

const withSecret = (more: Record<string, string> = {}) => ({
	[HEADER.toLowerCase()]: SECRET,
	...more,
});

describe('a delivery with the right secret', () => {
	it('becomes one item with the event, and n8n gives the answer', async () => {
		const body = JSON.stringify({ email: 'ana@shop.example', metric: 'Placed Order' });
		const answer = await callTrigger(setUp(), {
			headers: withSecret({ 'x-klaviyo-flow-id': 'AbC123' }),
			body,
		});

		expect(answer.status).toBeNull();
		expect(answer.items).toHaveLength(1);
		expect(answer.items[0]!.json).toMatchObject({
			event_name: 'placed_order',
			event_version: 1,
			received_via: 'flow_webhook',
			flow: { id: 'AbC123' },
			profile: { email: 'ana@shop.example' },
			is_test: false,
			from_meiro: false,
		});
		expect(answer.items[0]!.json).not.toHaveProperty('raw');
	});

	it('gives the same event_id when it is sent again', async () => {
		const setup = setUp();
		const request = {
			headers: withSecret({ 'x-klaviyo-flow-id': 'AbC123' }),
			body: '{"email":"ana@shop.example","metric":"Placed Order","event_id":"order-1"}',
		};
		const first = await callTrigger(setup, request);
		const second = await callTrigger(setup, request);
		expect(second.items[0]!.json.event_id).toBe(first.items[0]!.json.event_id);
	});

	it('carries account, fallback name and raw body when they are asked for', async () => {
		const setup = setUp(SECRET, {
			options: { account: 'shop-cz', eventName: 'cart_abandoned', includeRaw: true },
		});
		const answer = await callTrigger(setup, {
			headers: withSecret(),
			body: '{"email":"ana@shop.example"}',
		});
		expect(answer.items[0]!.json).toMatchObject({
			account: 'shop-cz',
			event_name: 'cart_abandoned',
			raw: '{"email":"ana@shop.example"}',
		});
	});

	it('has no ID where the user’s own placeholder stands', async () => {
		const setup = setUp(SECRET, { options: { placeholders: 'Walk-In, 999999' } });
		const answer = await callTrigger(setup, {
			headers: withSecret(),
			body: '{"metric":"Placed Order","customer_id":999999,"email":"ana@shop.example","event_id":"walk-in"}',
		});
		expect(answer.items[0]!.json).toMatchObject({
			profile: { email: 'ana@shop.example' },
			trigger_event: { metric: 'Placed Order' },
		});
		expect(answer.items[0]!.json.profile).not.toHaveProperty('external_id');
		expect(answer.items[0]!.json.trigger_event).not.toHaveProperty('id');
	});

	it('is read whatever the content type says, from bytes that n8n has not read yet', async () => {
		const answer = await callTrigger(setUp(), {
			headers: withSecret({ 'content-type': 'application/vnd.api+json' }),
			body: '{"email":"ana@shop.example"}',
			unread: true,
		});
		expect(answer.items[0]!.json.profile).toEqual({ email: 'ana@shop.example' });
	});

	it.each([
		['is not JSON', '{"email": "ana@shop.example', /not valid JSON/],
		['is empty', '', /empty/],
		['is a bare word', '"hello"', /not an object/],
		[
			'is nested a million levels deep',
			'['.repeat(1_000_000) + ']'.repeat(1_000_000),
			/nested deeper/,
		],
	])('is kept with error and raw when its body %s', async (_, body, error) => {
		const answer = await callTrigger(setUp(), {
			headers: withSecret({ 'content-type': 'text/plain' }),
			body,
		});
		expect(answer.status).toBeNull();
		expect(answer.items[0]!.json).toMatchObject({ error: expect.stringMatching(error), raw: body });
	});

	it('is kept with error when its bytes can not be received', async () => {
		const answer = await callTrigger(setUp(), {
			headers: withSecret({ 'content-type': 'application/octet-stream' }),
			unread: true,
			readError: new Error('request entity too large'),
		});
		expect(answer.items[0]!.json).toMatchObject({
			error: 'The body could not be received: request entity too large',
			raw: '',
		});
	});

	it('can not change an object prototype through its keys', async () => {
		const answer = await callTrigger(setUp(), {
			headers: withSecret(),
			body: '{"email":"ana@shop.example","__proto__":{"polluted":true},"profile":{"__proto__":{"polluted":true}}}',
		});
		const { json } = answer.items[0]!;
		expect(({} as Record<string, unknown>).polluted).toBeUndefined();
		expect((json.properties as Record<string, unknown>).polluted).toBeUndefined();
		expect((json.profile as Record<string, unknown>).polluted).toBeUndefined();
		expect(JSON.stringify(json)).not.toContain('polluted');
	});
});

describe('a delivery with another secret', () => {
	it.each([
		['a wrong one', { [HEADER.toLowerCase()]: 'a-long-enough-secret-2' }],
		['the right one with a space more', { [HEADER.toLowerCase()]: `${SECRET} ` }],
		['an empty one', { [HEADER.toLowerCase()]: '' }],
		['none', {}],
		['the right one in another header', { authorization: SECRET }],
	])('is refused with 401 and starts nothing: %s', async (_, headers) => {
		const answer = await callTrigger(setUp(), {
			headers: headers as Record<string, string>,
			body: '{"email":"eve@shop.example"}',
		});
		expect(answer.status).toBe(401);
		expect(answer.data).toEqual({ noWebhookResponse: true });
	});

	it.each([
		['goes on', 2_000],
		['is set back two hours', 2_000 - 2 * 3_600_000],
	])(
		'is let in from the moment on at which the credential has its secret, though the clock on the wall %s',
		async (_, byTheWall) => {
			const setup = setUp();
			await callTrigger(setup, { headers: withSecret(), body: '{}' });
			jest.spyOn(performance, 'now').mockReturnValue(performance.now() + 2_000);
			jest.spyOn(Date, 'now').mockReturnValue(Date.now() + byTheWall);
			try {
				setup.credentials.data.klaviyoWebhookApi!.secret = 'the-new-secret-of-the-shop';
				const answer = await callTrigger(setup, {
					headers: { [HEADER.toLowerCase()]: 'the-new-secret-of-the-shop' },
					body: '{"email":"ana@shop.example"}',
				});
				expect(answer.items).toHaveLength(1);
			} finally {
				jest.restoreAllMocks();
			}
		},
	);

	it.each([
		['two workflows with one credential', { workflowId: 'wf-b' }, {}],
		['two credentials of one workflow', {}, { credentialId: 'other' }],
	])('is judged by no other secret in the process: %s', async (_, workflow, credential) => {
		const one = setUp();
		const two = { ...setUp('the-secret-of-another-shop'), credentialId: one.credentialId };
		const body = '{"email":"ana@shop.example"}';
		const get = async (setup: typeof one, secret: string) =>
			(await callTrigger(setup, { headers: { [HEADER.toLowerCase()]: secret }, body })).items
				.length;
		expect(await get(one, SECRET)).toBe(1);
		const other = { ...two, ...workflow, ...credential };
		expect(await get(other, SECRET)).toBe(0);
		expect(await get(other, 'the-secret-of-another-shop')).toBe(1);
		expect(await get(one, 'the-secret-of-another-shop')).toBe(0);
		expect(await get(one, SECRET)).toBe(1);
	});
});

describe('the secret', () => {
	it('is read once for many deliveries', async () => {
		const setup = setUp();
		for (let i = 0; i < 20; i++)
			await callTrigger(setup, { headers: withSecret(), body: '{"a":1}' });
		expect(setup.credentials.reads).toBe(1);
	});

	it('is not read again more than once a second, however many wrong ones arrive', async () => {
		const setup = setUp();
		for (let i = 0; i < 20; i++) {
			await callTrigger(setup, { headers: { [HEADER.toLowerCase()]: `wrong-${i}` }, body: '{}' });
		}
		expect(setup.credentials.reads).toBeLessThanOrEqual(2);
	});

	it('asks Klaviyo to send again, with 503, while it can not be read', async () => {
		const setup = setUp();
		setup.credentials.data = {};
		const answer = await callTrigger(setup, {
			headers: withSecret(),
			body: '{"email":"a@b.example"}',
		});
		expect(answer.status).toBe(503);
		expect(Number(answer.headers['retry-after'])).toBeGreaterThan(0);
		expect(answer.data).toEqual({ noWebhookResponse: true });
	});

	it.each([
		['shorter than 16 characters', 'fifteen-letters', /at least 16/],
		['empty', '', /at least 16/],
		['padded with spaces', `${SECRET} `, /unchanged/],
	])('is refused on publishing when it is %s, without being told', async (_, secret, message) => {
		const published = publishTrigger(setUp(secret));
		await expect(published).rejects.toThrow(message);
		if (secret !== '') await expect(published).rejects.not.toThrow(secret);
	});

	it('never lets anyone in when it is too short', async () => {
		const answer = await callTrigger(setUp('short'), {
			headers: { [HEADER.toLowerCase()]: 'short' },
			body: '{}',
		});
		expect(answer.status).toBe(401);
	});

	it('passes on publishing when it is good', async () => {
		await expect(publishTrigger(setUp())).resolves.toBe(true);
	});
});
