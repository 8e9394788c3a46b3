import { setTimeout as wait } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { FaultPlan } from './faults';
import type { Fault } from './types';

/** What a request to Meiro is answered with. */
export interface Answer {
	status: number;
	body: unknown;
}

/** What misbehaving towards a request needs to know. */
export interface FaultContext {
	faults: FaultPlan;
	/** Ends artificial delays when the stand-in closes. */
	closing: AbortSignal;
}

/** The path of a request without its query. */
export function pathOf(request: FastifyRequest): string {
	return request.url.split('?', 1)[0] ?? '';
}

/** Answers a request of an API, unless a fault that makes sense for an API comes first. */
export async function answerRequest(
	request: FastifyRequest,
	reply: FastifyReply,
	{ faults, closing }: FaultContext,
	handle: () => Answer | Promise<Answer>,
): Promise<unknown> {
	const path = pathOf(request);
	// 'errors' speaks of events of a collect request; an API has no such answer.
	const fault = faults.next((one) => one.kind !== 'errors' && isOnPath(one, path));
	if (fault?.kind === 'status') return await answerFault(reply, fault);
	if (fault?.kind === 'reset' && !fault.stored) return resetConnection(request, reply);
	try {
		const { status, body } = await handle();
		if (fault?.kind === 'reset') return resetConnection(request, reply);
		reply.code(status);
		if (fault?.kind === 'slow') await delay(fault.delayMs, closing);
		return await reply.send(body);
	} catch (error) {
		if (fault?.kind === 'reset') return resetConnection(request, reply);
		if (fault?.kind === 'slow') await delay(fault.delayMs, closing);
		throw error;
	}
}

/** Whether a fault is meant for requests to this path. */
export function isOnPath({ path: prefix }: Fault, path: string): boolean {
	return prefix === undefined || path.startsWith(prefix);
}

/** Answers what the fault says. */
export async function answerFault(
	reply: FastifyReply,
	{ status, retryAfter, body }: Extract<Fault, { kind: 'status' }>,
): Promise<unknown> {
	if (retryAfter !== undefined) reply.header('retry-after', retryAfter);
	const message = `The stand-in was told to answer ${status}`;
	return await reply.code(status).send(body === undefined ? { message } : body);
}

/** Cuts the connection without an answer. */
export function resetConnection(request: FastifyRequest, reply: FastifyReply): FastifyReply {
	if (request.logEntry) request.logEntry.status = 'reset';
	reply.hijack();
	request.raw.socket.resetAndDestroy();
	return reply;
}

/** Waits, at most until the stand-in closes. */
export async function delay(ms: number, signal: AbortSignal): Promise<void> {
	await wait(ms, undefined, { signal }).catch(() => undefined);
}
