// A Pipes source that is set up with the files of meiro/pipes: its transform, Event Types with schemas, identifier rules only.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { IDataObject } from 'n8n-workflow';

import { startMeiro, type MeiroStandIn } from '../../sandbox/meiro';
import { executeMeiroEvents, MemoryCredentials } from './support/engine';

const PIPES = join(__dirname, '../../meiro/pipes');
const eventTypes = readdirSync(join(PIPES, 'event-types')).map(
	(file) =>
		JSON.parse(readFileSync(join(PIPES, 'event-types', file), 'utf8')) as {
			name: string;
			jsonSchema: Record<string, unknown>;
		},
);

let meiro: MeiroStandIn;

beforeEach(async () => {
	meiro = await startMeiro({
		pipesSources: ['klaviyo'],
		transforms: { klaviyo: readFileSync(join(PIPES, 'transform.js'), 'utf8') },
		eventTypes: eventTypes.map(({ name }) => name),
		eventTypeSchemas: Object.fromEntries(
			eventTypes.map(({ name, jsonSchema }) => [name, jsonSchema]),
		),
	});
});
afterEach(async () => {
	await meiro.close();
});

const order = (number: number, email: string): IDataObject => ({
	event_id: createHash('sha256').update(String(number)).digest('hex'),
	event_name: 'placed_order',
	event_version: 1,
	event_time: '2031-02-03T04:05:06.000Z',
	profile: { email, external_id: 'None' },
	properties: { OrderId: String(number) },
	is_test: false,
});

async function send(items: IDataObject[], pipesBody: string, secret = 'change-me') {
	return await executeMeiroEvents(items, {
		credentials: new MemoryCredentials({
			meiroEventsApi: {
				...{ product: 'meiroPipes', baseUrl: meiro.url, allowPrivate: true, timeoutSeconds: 2 },
				...{ authentication: 'header', authName: 'X-N8N-Secret', authSecret: secret },
			} as never,
		}),
		parameters: { compatibility: { pipesBody } },
		onError: 'continueRegularOutput',
	});
}

describe.each(['envelope', 'rawEvent'])(
	'a Pipes source with our transform, sent as %s',
	(shape) => {
		it('keeps two orders of one person in one second, and a repeat once', async () => {
			const orders = [order(1, 'Ana@Shop.example'), order(2, 'ana@shop.example')];
			const { main } = await send([...orders, orders[0]!], shape);
			expect(main.map(({ json }) => json.status)).toEqual(['delivered', 'delivered', 'delivered']);
			expect(meiro.events()).toHaveLength(2);
			expect(meiro.duplicatesSkipped()).toBe(1);
			expect(meiro.events()[0]!.body).toMatchObject({
				event_type: 'placed_order',
				event_time: expect.stringMatching(/^2031-02-03T04:05:06\.\d{6}Z$/),
				event_payload: { profile: { email: 'ana@shop.example' } },
			});
		});

		it('refuses an event whose type does not exist, and that one alone', async () => {
			const { main } = await send(
				[
					order(1, 'ana@shop.example'),
					{ ...order(2, 'ana@shop.example'), event_name: 'unheard_of' },
				],
				shape,
			);
			expect(main.map(({ json }) => json.status)).toEqual(['delivered', 'rejected']);
		});

		it('takes nothing without the secret', async () => {
			const { main } = await send([order(1, 'ana@shop.example')], shape, 'wrong');
			expect(main[0]!.json.status).not.toBe('delivered');
			expect(meiro.events()).toHaveLength(0);
		});
	},
);

it('Pipes gets the event alone when it is to be raw', async () => {
	await send([order(1, 'ana@shop.example')], 'rawEvent');
	await meiro.close();
	meiro = await startMeiro();
	const { main } = await send([order(1, 'ana@shop.example')], 'rawEvent');
	expect(main[0]!.json).toMatchObject({
		status: 'rejected',
		reason: expect.stringContaining('event_type'),
	});
});
