import type { FastifyReply, FastifyRequest } from 'fastify';
import {
	answerFault,
	delay,
	isOnPath,
	pathOf,
	resetConnection,
	type Answer,
	type FaultContext,
} from './answering';
import { collectAnswer, readCollect } from './collect';
import type { CheckPayload } from './payloadSchemas';
import { rejectEvents, type Reading } from './reading';
import type { Store } from './store';
import { transformed } from './transform';
import type { Assumptions, MeiroOptions } from './types';
import { readWebhook, webhookAnswer } from './webhookSource';

/** One of the two ways in: how its requests are read, and how it answers. */
interface Product {
	read(): Reading;
	answer(reading: Reading): Answer;
}

/** What taking events in needs to know. */
export interface IngestContext extends FaultContext {
	options: MeiroOptions;
	assumptions: Assumptions;
	store: Store;
	checkPayload: CheckPayload;
}

/** `POST /<source>?event_name=<name>`: a Meiro Events webhook source. */
export async function ingestWebhook(
	request: FastifyRequest<{ Params: { source: string }; Querystring: { event_name?: unknown } }>,
	reply: FastifyReply,
	context: IngestContext,
): Promise<unknown> {
	const { options, assumptions } = context;
	const { params, query, body } = request;
	return await ingest(request, reply, context, {
		read: () =>
			readWebhook(
				{ source: params.source, eventName: query.event_name, body },
				{ sources: options.sources, assumptions },
			),
		answer: ({ errors }) => webhookAnswer(errors, assumptions),
	});
}

/** `POST /collect/<slug>`: a Meiro Pipes source. */
export async function ingestCollect(
	request: FastifyRequest<{ Params: { slug: string } }>,
	reply: FastifyReply,
	context: IngestContext,
): Promise<unknown> {
	const { options, assumptions, checkPayload } = context;
	const { params, body, headers } = request;
	return await ingest(request, reply, context, {
		read: () => {
			const code = options.transforms?.[params.slug];
			const rules = { ...options, checkPayload, assumptions };
			if (code === undefined) return readCollect(params.slug, body, rules);
			return readCollect(params.slug, transformed(code, body, headers), {
				...rules,
				assumptions: { ...assumptions, pipesIdentifiers: 'rules' },
			});
		},
		answer: (reading) => collectAnswer(reading, assumptions),
	});
}

/** The order of things: fault or not, validate, store durably, answer. */
async function ingest(
	request: FastifyRequest,
	reply: FastifyReply,
	{ store, faults, closing }: IngestContext,
	product: Product,
): Promise<unknown> {
	const path = pathOf(request);
	const fault = faults.next((one) => isOnPath(one, path));
	if (fault?.kind === 'status') return await answerFault(reply, fault);
	if (fault?.kind === 'reset' && !fault.stored) return resetConnection(request, reply);

	let reading = product.read();
	if (fault?.kind === 'errors') reading = rejectEvents(reading, fault.indexes, fault.message);
	await store.append(reading.accepted.map(({ event }) => event));

	if (fault?.kind === 'reset') return resetConnection(request, reply);
	if (fault?.kind === 'slow') await delay(fault.delayMs, closing);
	const { status, body } = product.answer(reading);
	// The point of the fault is a 2xx that is not a yes.
	return await reply.code(fault?.kind === 'errors' ? 200 : status).send(body);
}
