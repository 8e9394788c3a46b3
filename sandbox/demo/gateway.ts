import proxy from '@fastify/http-proxy';
import fastify from 'fastify';

/** What stands in front of n8n at most companies: a reverse proxy, which answers 503 while n8n is away. */
export interface Gateway {
	url: string;
	/** Answers the next `count` requests with 503 instead of passing them on. */
	refuseNext(count: number): void;
	/** Requests answered with 503 so far. */
	refused(): number;
	close(): Promise<void>;
}

export async function startGateway(upstream: string): Promise<Gateway> {
	let toRefuse = 0;
	let refused = 0;
	const app = fastify({ bodyLimit: 32 * 1024 * 1024, forceCloseConnections: true });
	await app.register(proxy, {
		upstream,
		preHandler: async (_request, reply) => {
			if (toRefuse === 0) return;
			toRefuse--;
			refused++;
			await reply.code(503).header('Retry-After', '1').send({ message: 'Service Unavailable' });
		},
	});
	const url = await app.listen({ host: '127.0.0.1', port: 0 });
	return {
		url,
		refuseNext: (count) => {
			toRefuse += count;
		},
		refused: () => refused,
		close: async () => await app.close(),
	};
}
