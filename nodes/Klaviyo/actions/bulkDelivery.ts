import {
	NodeApiError,
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
} from 'n8n-workflow';

import { deliver, type Entry, type Outcome, type Reply } from '../../shared/delivery/deliver';
import { logThrown } from '../../shared/delivery/told';
import { settledAs, type Judgement, type Verdict } from '../../shared/delivery/verdict';
import { explainProblem } from '../api/explainRefusal';
import type { ApiAnswer, ApiRequest, KlaviyoClient } from '../api/klaviyoClient';

/** How values go to Klaviyo together. */
export interface Bulk<T> {
	/** One request for all of them, with `labels`. */
	request(values: T[]): ApiRequest;
	/** For one alone, where Klaviyo has a request of its own for that. */
	single?(value: T): ApiRequest;
	/** Where they stand in the body, as errors point to them, e.g. '/data'. */
	list: string;
	/** The ID by which Klaviyo's words may name one of them. */
	idOf?(value: T): string;
	/** The ID of what they have in common: named by Klaviyo's words, it is none of theirs. */
	common?: string;
}

/** What goes into one request. */
export interface Packing<T> {
	/** Klaviyo's limits of one request; bytes are those that the entries say. */
	limits: { count: number; bytes?: number };
	/** Only values with the same key share a request, e.g. those for one list. */
	keyOf?(value: T): string;
}

interface KlaviyoError {
	detail?: string;
	source?: { pointer?: string } | null;
}

/** Statuses by which Klaviyo may mean one of several, not the key or the address. */
const REFUSALS = [400, 404, 409, 413, 422];

/** Nothing that is sent with this key will be taken: asking on would only tell the same once more per thousand. */
const HOPELESS = [401, 403, 410];

/** Sends entries, one request after the other, and tells the outcome of each by its item's number. Never rejects. */
export async function deliverInBulk<T>(
	context: IExecuteFunctions,
	client: KlaviyoClient,
	entries: Array<Entry<T>>,
	bulkFor: (first: T) => Bulk<T>,
	packing: Packing<T>,
): Promise<Map<number, Outcome>> {
	const outcomes = await deliver(entries, {
		...packingOf(packing),
		concurrency: 1,
		send: async (values, before) =>
			({
				...(await ask(client, values, bulkFor(values[0]!))),
				attempts: before + 1,
			}) satisfies Reply,
		onThrow: (error) => logThrown(context, error),
	});
	return new Map(outcomes.map((outcome) => [outcome.index, outcome]));
}

/** How entries are packed; a person's order says nothing to Klaviyo, which goes by the times of events. */
export function packingOf<T>({ limits, keyOf = () => '' }: Packing<T>) {
	return {
		limits: { bytes: Number.POSITIVE_INFINITY, ...limits },
		addressOf: keyOf,
		personOf: () => null,
	};
}

/** Bytes of a value in a body. */
export function sizeOf(value: unknown): number {
	return Buffer.byteLength(JSON.stringify(value));
}

async function ask<T>(
	client: KlaviyoClient,
	values: T[],
	bulk: Bulk<T>,
): Promise<Omit<Reply, 'attempts'>> {
	const request =
		values.length === 1 && bulk.single ? bulk.single(values[0]!) : bulk.request(values);
	const answer = await client.request({ ...request, accept: REFUSALS }).catch(unsettled);
	if ('verdict' in answer) return answer;
	const verdict: Verdict =
		answer.status < 300
			? settledAs({ status: 'delivered', answer: answer.body })
			: readRefusal(values, bulk, request, answer);
	return { verdict, http_status: answer.status };
}

/** What the client says of a request that Klaviyo did not settle. @throws what is no word of the client's */
function unsettled(error: unknown): Omit<Reply, 'attempts'> {
	if (!(error instanceof NodeApiError || error instanceof NodeOperationError)) throw error;
	const { http_status, ...judgement } = failureOf(error);
	const isHopeless = HOPELESS.includes(http_status ?? 0);
	return { verdict: settledAs(judgement), http_status, isHopeless };
}

function readRefusal<T>(
	values: T[],
	bulk: Bulk<T>,
	{ scopes, labels }: ApiRequest,
	{ status, body }: ApiAnswer,
): Verdict {
	const refusalFor = (errors: KlaviyoError[]): Judgement => {
		const { sentence, description } = explainProblem(status, { errors }, scopes, labels);
		return {
			status: 'rejected',
			reason: sentence,
			...(description === undefined ? {} : { description }),
		};
	};
	const errors = Array.isArray(body.errors) ? (body.errors as KlaviyoError[]) : [];
	const rest = refusalFor(errors);
	const meansAll = bulk.common !== undefined && errors.some((error) => names(error, bulk.common!));
	if (values.length === 1 || meansAll) return settledAs(rest);
	const objections = objectionsTo(values, bulk, errors);
	return {
		named: new Map([...objections].map(([position, own]) => [position, refusalFor(own)])),
		rest,
		others: objections.size > 0 ? 'again' : 'apart',
	};
}

/** Klaviyo's objections by the position that they point to or name. */
function objectionsTo<T>(
	values: T[],
	{ list, idOf }: Bulk<T>,
	errors: KlaviyoError[],
): Map<number, KlaviyoError[]> {
	const objections = new Map<number, KlaviyoError[]>();
	const add = (position: number, error: KlaviyoError) => {
		objections.set(position, [...(objections.get(position) ?? []), error]);
	};
	for (const error of errors) {
		const position = positionIn(list, error.source?.pointer);
		if (position !== undefined && position < values.length) add(position, error);
		else if (idOf) {
			values.forEach((value, at) => {
				if (names(error, idOf(value))) add(at, error);
			});
		}
	}
	return objections;
}

/** 3 of '/data/3/id' in '/data'. */
function positionIn(list: string, pointer: string | undefined): number | undefined {
	if (!pointer?.startsWith(`${list}/`)) return undefined;
	const [step = ''] = pointer.slice(list.length + 1).split('/');
	return /^\d+$/.test(step) ? Number(step) : undefined;
}

function names({ detail = '' }: KlaviyoError, id: string): boolean {
	return id !== '' && detail.includes(id);
}

/** What an error of the client says of a request that Klaviyo did not settle. */
export function failureOf(error: unknown): Judgement & { http_status: number | null } {
	const { message, description } = error as { message: string; description?: string | null };
	return {
		status: 'failed',
		http_status: error instanceof NodeApiError ? Number(error.httpCode) : null,
		reason: message,
		...(description ? { description } : {}),
	};
}

/** What an item's output says of its outcome, where `done` stands for Klaviyo's yes. */
export function resultOf(outcome: Outcome, done: string): IDataObject {
	const { status, http_status, reason, description } = outcome;
	if (status === 'delivered') return { status: done, http_status };
	return { status, http_status, reason, ...(description === undefined ? {} : { description }) };
}

/** What the output says of an item of which nothing was sent. */
export function unsentResult({ status, reason }: Judgement): IDataObject {
	return { status, http_status: null, reason };
}

export const PROFILES_TO_KLAVIYO = { many: 'profiles', service: 'Klaviyo' };
export const EVENTS_TO_KLAVIYO = { many: 'events', service: 'Klaviyo' };
