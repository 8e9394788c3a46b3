import { createHmac } from 'node:crypto';

import { signingSecret } from '../../nodes/Klaviyo/trigger/door/signature';
import { readBody } from '../../nodes/Klaviyo/trigger/body/readBody';
import { callTrigger, MemoryCredentials, type TriggerAnswer } from '../engine/support/engine';

jest.mock('../../nodes/Klaviyo/trigger/body/readBody', () => {
	const actual = jest.requireActual<Record<string, unknown>>(
		'../../nodes/Klaviyo/trigger/body/readBody',
	);
	return { ...actual, readBody: jest.fn(actual.readBody as typeof readBody) };
});

const SECRET = 'Correct-Horse-Battery-Staple-01';
const MARKER = '5f0d3c58-7f0e-4b53-8a5e-0c4c7c9a1b01';
const TIMESTAMP = 'Thu, 04 Jan 2024 18:05:25 GMT';
const WEBHOOK_ID = 'a8b890458b4bbfaa';

const HONEST = JSON.stringify({
	data: [],
	meta: { klaviyo_webhook_id: WEBHOOK_ID, timestamp: new Date().toISOString() },
});
const COMMAS = `{"a":${','.repeat(60_000)}x]`;

const signed = (body: string) =>
	createHmac('sha256', signingSecret(SECRET, MARKER)).update(body).update(TIMESTAMP).digest('hex');

let count = 0;

async function post(
	body: string,
	headers: Record<string, string>,
	setUp = 'systemWebhook',
): Promise<TriggerAnswer> {
	const setup = {
		credentials: new MemoryCredentials({
			klaviyoWebhookApi: { headerName: 'X-Klaviyo-Secret', secret: SECRET },
		}),
		parameters: { setUp },
		credentialId: `unsigned-${count++}`,
		webhookId: MARKER,
	};
	return await callTrigger(setup, {
		headers: { 'content-type': 'text/plain', ...headers },
		body,
		unread: true,
	});
}

const headersOf = (signature: string) => ({
	'klaviyo-signature': signature,
	'klaviyo-timestamp': TIMESTAMP,
	'klaviyo-webhook-id': WEBHOOK_ID,
});

/** Text that went through JSON.parse. */
let parse: jest.SpyInstance;

beforeEach(() => {
	jest.mocked(readBody).mockClear();
	parse = jest.spyOn(JSON, 'parse');
});

afterEach(() => parse.mockRestore());

const isParsed = (body: string) => parse.mock.calls.some(([text]) => text === body);

describe('the body of a system webhook', () => {
	it.each([
		['without a signature', COMMAS, {}],
		['with another one', COMMAS, headersOf('0'.repeat(64))],
		['with that of another body', COMMAS, headersOf(signed(HONEST))],
		['that is JSON, without a signature', HONEST, {}],
		['that is JSON, with that of another body', HONEST, headersOf(signed(COMMAS))],
	])('%s is refused with 401 and never read', async (_, body, headers) => {
		expect((await post(body, headers)).status).toBe(401);
		expect(readBody).not.toHaveBeenCalled();
		expect(isParsed(body)).toBe(false);
	});

	it('with its own signature is read, once', async () => {
		expect((await post(HONEST, headersOf(signed(HONEST)))).status).toBeNull();
		expect(readBody).toHaveBeenCalledTimes(1);
		expect(isParsed(HONEST)).toBe(true);
	});

	it('with its own signature is kept with the reason when it can not be read', async () => {
		const { items } = await post(COMMAS, headersOf(signed(COMMAS)));
		expect(items.map(({ json }) => json)).toEqual([
			expect.objectContaining({ error: expect.stringMatching(/not valid JSON/), raw: COMMAS }),
		]);
	});
});

describe('the body of a flow webhook', () => {
	it('without the secret is refused with 401 and never read', async () => {
		expect((await post(COMMAS, {}, 'manual')).status).toBe(401);
		expect(readBody).not.toHaveBeenCalled();
	});
});
