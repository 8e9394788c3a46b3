import { NodeApiError, type IDataObject } from 'n8n-workflow';

import type { ApiAnswer, ApiRequest, KlaviyoClient } from '../api/klaviyoClient';
import { explainProblem } from '../api/explainRefusal';

/** What one item of the input wants to have sent, with the item's number. */
export interface Entry<T> {
	index: number;
	value: T;
}

/** How entries go to Klaviyo together. */
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

/** Klaviyo's limits of one request. */
export interface Limits {
	count: number;
	bytes?: number;
}

/** What became of one entry. */
export type Outcome =
	| { index: number; status: 'accepted'; http_status: number; answer: IDataObject }
	| ({ index: number } & Refusal);

export interface Refusal {
	/** Klaviyo refused it, or could not be asked. */
	status: 'rejected' | 'failed';
	http_status: number | null;
	reason: string;
	description?: string;
}

interface KlaviyoError {
	detail?: string;
	source?: { pointer?: string } | null;
}

/** Statuses by which Klaviyo may mean one of several, not the key or the address. */
const REFUSALS = [400, 404, 409, 413, 422];

/** Nothing that is sent with this key will be taken. */
const HOPELESS = [401, 403, 410];

/** One request after the other, so that a person's entries keep their order. Never rejects. */
export async function sendInBulk<T>(
	client: KlaviyoClient,
	entries: Array<Entry<T>>,
	bulk: Bulk<T>,
	limits: Limits,
): Promise<Outcome[]> {
	const outcomes: Outcome[] = [];
	for (const chunk of chunksOf(entries, limits)) {
		const last = outcomes.at(-1);
		// Asking on would only tell the same once more per thousand.
		const isHopeless = last?.status === 'failed' && HOPELESS.includes(last.http_status ?? 0);
		outcomes.push(
			...(isHopeless
				? chunk.map(({ index }) => ({ ...last, index }))
				: await sendChunk(client, chunk, bulk)),
		);
	}
	return outcomes;
}

/** As few chunks as the limits allow. What is too large alone is a chunk of its own, for Klaviyo to judge. */
export function chunksOf<T>(
	entries: Array<Entry<T>>,
	{ count, bytes = Number.POSITIVE_INFINITY }: Limits,
): Array<Array<Entry<T>>> {
	const chunks: Array<Array<Entry<T>>> = [];
	let chunk: Array<Entry<T>> = [];
	let size = 0;
	for (const entry of entries) {
		const own = bytes === Number.POSITIVE_INFINITY ? 0 : sizeOf(entry.value);
		if (chunk.length > 0 && (chunk.length >= count || size + own > bytes)) {
			chunks.push(chunk);
			chunk = [];
			size = 0;
		}
		chunk.push(entry);
		size += own;
	}
	return chunk.length > 0 ? [...chunks, chunk] : chunks;
}

/** Bytes of a value in a body, with the comma behind it. */
export function sizeOf(value: unknown): number {
	return Buffer.byteLength(JSON.stringify(value)) + 1;
}

async function sendChunk<T>(
	client: KlaviyoClient,
	entries: Array<Entry<T>>,
	bulk: Bulk<T>,
): Promise<Outcome[]> {
	if (entries.length === 0) return [];
	const [first] = entries;
	const request =
		entries.length === 1 && bulk.single
			? bulk.single(first!.value)
			: bulk.request(entries.map(({ value }) => value));
	let answer: ApiAnswer;
	try {
		answer = await client.request({ ...request, accept: REFUSALS });
	} catch (error) {
		const refusal = failureOf(error);
		return entries.map(({ index }) => ({ index, ...refusal }));
	}
	const { status, body } = answer;
	if (status < 300) {
		return entries.map(({ index }) => ({
			index,
			status: 'accepted',
			http_status: status,
			answer: body,
		}));
	}
	return await readRefusal(client, entries, bulk, request, answer);
}

/** Finds those that Klaviyo objects to, so that their neighbours are taken. */
async function readRefusal<T>(
	client: KlaviyoClient,
	entries: Array<Entry<T>>,
	bulk: Bulk<T>,
	request: ApiRequest,
	{ status, body }: ApiAnswer,
): Promise<Outcome[]> {
	const refusalOf = (errors: KlaviyoError[]): Refusal => {
		const { sentence, description } = explainProblem(
			status,
			{ errors },
			request.scopes,
			request.labels,
		);
		return {
			status: 'rejected',
			http_status: status,
			reason: sentence,
			...(description === undefined ? {} : { description }),
		};
	};
	const errors = Array.isArray(body.errors) ? (body.errors as KlaviyoError[]) : [];
	const meansAll = bulk.common !== undefined && errors.some((error) => names(error, bulk.common!));
	if (entries.length === 1 || meansAll) {
		return entries.map(({ index }) => ({ index, ...refusalOf(errors) }));
	}
	const objections = objectionsOf(entries, bulk, errors);
	if (objections.size > 0) {
		const rest = await sendChunk(
			client,
			entries.filter((_, position) => !objections.has(position)),
			bulk,
		);
		const refused = [...objections].map(([position, own]) => ({
			index: entries[position]!.index,
			...refusalOf(own),
		}));
		return [...refused, ...rest];
	}
	const middle = Math.ceil(entries.length / 2);
	const before = await sendChunk(client, entries.slice(0, middle), bulk);
	return [...before, ...(await sendChunk(client, entries.slice(middle), bulk))];
}

/** Klaviyo's objections by the position that they point to or name. */
function objectionsOf<T>(
	entries: Array<Entry<T>>,
	{ list, idOf }: Bulk<T>,
	errors: KlaviyoError[],
): Map<number, KlaviyoError[]> {
	const objections = new Map<number, KlaviyoError[]>();
	const add = (position: number, error: KlaviyoError) => {
		objections.set(position, [...(objections.get(position) ?? []), error]);
	};
	for (const error of errors) {
		const position = positionIn(list, error.source?.pointer);
		if (position !== undefined && position < entries.length) add(position, error);
		else if (idOf) {
			entries.forEach(({ value }, at) => {
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
export function failureOf(error: unknown): Refusal {
	const { message, description } = error as { message: string; description?: string | null };
	return {
		status: 'failed',
		http_status: error instanceof NodeApiError ? Number(error.httpCode) : null,
		reason: message,
		...(description ? { description } : {}),
	};
}
