// A receiver whose answers a test writes down beforehand; it keeps what it got.
import { EventEmitter, once } from 'node:events';
import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

import type {
	Delivery,
	Entry,
	KlaviyoOptions,
	KlaviyoStandIn,
	NewFlow,
} from '../../sandbox/klaviyo';
import { startKlaviyo } from '../../sandbox/klaviyo';

export interface Received {
	method: string;
	path: string;
	headers: http.IncomingHttpHeaders;
	body: Buffer;
}

/** A status, a status with headers, or what is done to the connection instead of answering. */
export type Reply = number | { status: number; headers: Record<string, string> } | 'reset' | 'hang';

export interface Receiver {
	url: string;
	received: Received[];
	/** Resolves when this many requests have come. */
	arrived(count: number): Promise<void>;
	close(): Promise<void>;
}

/** Answers with `replies` one after the other, the last one for ever. */
export async function startReceiver(...replies: Reply[]): Promise<Receiver> {
	const received: Received[] = [];
	const arrivals = new EventEmitter();
	const server = http.createServer((request, response) => {
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const { method = '', url = '', headers } = request;
			const reply = replies[Math.min(received.length, replies.length - 1)] ?? 200;
			received.push({ method, path: url, headers, body: Buffer.concat(chunks) });
			arrivals.emit('one');
			if (reply === 'hang') return;
			if (reply === 'reset') request.socket.resetAndDestroy();
			else if (typeof reply === 'number') response.writeHead(reply).end('x');
			else response.writeHead(reply.status, reply.headers).end();
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}/webhook/abc?x=1`,
		received,
		arrived: async (count) => {
			while (received.length < count) await once(arrivals, 'one');
		},
		close: async () => {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}

const running: Array<{ close(): Promise<void> }> = [];

/** Keeps something until `closeAll`. */
export function kept<T extends { close(): Promise<void> }>(resource: T): T {
	running.push(resource);
	return resource;
}

/** For afterEach: senders first, then receivers. */
export async function closeAll(): Promise<void> {
	for (const resource of running.splice(0).reverse()) await resource.close();
}

/** Retries of 24 hours squeezed into about a second. */
export const HURRY: KlaviyoOptions = { timeScale: 86_400 };

/** A receiver with these replies, and an account that sends to it. */
export async function startPair(
	replies: Reply[],
	options: KlaviyoOptions = HURRY,
): Promise<{ receiver: Receiver; klaviyo: KlaviyoStandIn }> {
	const receiver = kept(await startReceiver(...replies));
	return { receiver, klaviyo: kept(await startKlaviyo(options)) };
}

export function flowTo(url: string, flow: Partial<NewFlow> = {}): NewFlow {
	const webhook = { url, body: '{"email":"{{ email }}"}' };
	return { name: 'Cart left behind', webhook, ...flow };
}

/** Enters Ana into a live flow and waits until the delivery has ended. */
export async function delivered(klaviyo: KlaviyoStandIn, url: string): Promise<Delivery> {
	const delivery = klaviyo.enter(klaviyo.createFlow(flowTo(url)).id, ANA);
	await klaviyo.settled(undefined, 10_000);
	return delivery;
}

export const ANA: Entry = {
	profile: {
		klaviyo_id: '01JZ0000000000000000000001',
		external_id: 'customer-1',
		email: 'ana@shop.example',
		first_name: 'Ana',
		consent: ['email'],
		properties: { loyalty_points: 12, vip: true, birthday: null, 'Favourite Colour': 'blue' },
	},
	event: {
		metric: 'Started Checkout',
		unique_id: 'cart-1',
		time: '2031-02-03T04:05:06.000Z',
		value: 41.5,
		value_currency: 'EUR',
		properties: {
			ItemNames: ['Desk Lamp', 'Rug'],
			Items: [{ ProductName: 'Desk Lamp', ItemPrice: 41.5 }],
			'Coupon Codes': ['SPRING'],
			CompareAtPrice: null,
			InStock: true,
			$extra: { checkout_url: 'https://shop.example/c/1', customer: { id: 7 } },
		},
	},
};
