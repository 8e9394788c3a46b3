import type { FastifyInstance, FastifyPluginCallback } from 'fastify';
import fastify from 'fastify';

import { InputError, RenderError } from './types';

// A few thousand entries at once are one request.
const BODY_LIMIT = 64 * 1024 * 1024;

/**
 * An HTTP server on 127.0.0.1 (port 0: any free one) made of route files. Errors answer
 * `{ error }` with the error's own status. Each file registers its routes as a Fastify plugin.
 */
export async function startServer(
	port: number,
	routes: FastifyPluginCallback[],
): Promise<{ url: string; close: () => Promise<void> }> {
	const app: FastifyInstance = fastify({
		bodyLimit: BODY_LIMIT,
		forceCloseConnections: true,
		// Strict: a wrong type is an error, an unknown field too.
		ajv: { customOptions: { coerceTypes: false, removeAdditional: false, allowUnionTypes: true } },
	});
	app.setErrorHandler((error: Error & { statusCode?: number }, _request, reply) => {
		const known = error instanceof InputError || error instanceof RenderError;
		void reply.code(error.statusCode ?? 500).send({
			error: known ? `${error.name}: ${error.message}` : error.message,
		});
	});
	for (const plugin of routes) app.register(plugin);
	const url = await app.listen({ port, host: '127.0.0.1' });
	return { url, close: async () => await app.close() };
}
