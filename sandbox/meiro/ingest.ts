import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { collectAnswer, readCollect } from './collect';
import type { FaultPlan } from './faults';
import { rejectEvents, type Reading } from './reading';
import type { Store } from './store';
import type { Assumptions, Fault, MeiroOptions } from './types';
import { readWebhook, webhookAnswer } from './webhookSource';

/** What a request to Meiro is answered with. */
interface Answer {
	status: number;
	body: unknown;
}

/** One of the two ways in: how its requests are read, and how it answers. */
interface Product {
	read(): Reading;
	answer(reading: Reading): Answer;
}

/** What taking events in needs to know. */
export interface IngestContext {
	options: MeiroOptions;
	assumptions: Assumptions;
	store: Store;
	faults: FaultPlan;
	/** Ends artificial delays when the stand-in closes. */
	closing: AbortSignal;
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
	const { options, assumptions } = context;
	const { params, body } = request;
	return await ingest(request, reply, context, {
		read: () => readCollect(params.slug, body, options),
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
	const fault = faults.next();
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

async function answerFault(
	reply: FastifyReply,
	{ status, retryAfter, body }: Extract<Fault, { kind: 'status' }>,
): Promise<unknown> {
	if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
	const message = `The stand-in was told to answer ${status}`;
	return await reply.code(status).send(body === undefined ? { message } : body);
}

function resetConnection(request: FastifyRequest, reply: FastifyReply): FastifyReply {
	if (request.logEntry) request.logEntry.status = 'reset';
	reply.hijack();
	request.raw.socket.resetAndDestroy();
	return reply;
}

async function delay(ms: number, signal: AbortSignal): Promise<void> {
	await wait(ms, undefined, { signal }).catch(() => undefined);
}
