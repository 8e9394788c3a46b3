import { NodeApiError, type IDataObject } from 'n8n-workflow';

import type { KlaviyoClient } from '../../api/klaviyoClient';
import { clip } from '../../../shared/http/answer';
import type { Runtime } from '../../../shared/http/runtime';
import { pack, type Entry } from '../../../shared/delivery/deliver';
import type { Judgement } from '../../../shared/delivery/verdict';
import { failureOf, packingOf } from '../bulkDelivery';
import { attributesOf } from '../operation';
import { IMPORT_LIMITS, IMPORT_LIST, importBody, PROFILE_LABELS, type NewProfile } from './draft';

/** What came of one profile of an import. */
export type Imported =
	| { index: number; status: 'imported'; resource: IDataObject }
	/** Klaviyo has taken it, and no more is known. */
	| { index: number; status: 'accepted'; job_id: string; reason: string }
	| ({ index: number; http_status: number | null } & Judgement);

export interface ImportSettings {
	/** The query that brings what the output needs of a profile. */
	query: Record<string, string>;
	/** How long to wait for a job. */
	waitMs: number;
	/** Leaves the profiles to whoever called when the key may not import them. */
	mayDecline: boolean;
}

const PATH = '/api/profile-bulk-import-jobs';
const WRITE = 'lists:write and profiles:write';
const READ = 'lists:read and profiles:read';

/** Jobs take from seconds to minutes; asked more and more rarely. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

/**
 * Creates or updates profiles by import jobs, waits for them and reads who was refused.
 * https://developers.klaviyo.com/en/docs/use_klaviyos_bulk_profile_import_api
 *
 * @returns null when it declined: nothing was sent then
 */
export async function importProfiles(
	client: KlaviyoClient,
	entries: Array<Entry<NewProfile>>,
	settings: ImportSettings,
	runtime: Runtime,
): Promise<Imported[] | null> {
	const outcomes: Imported[] = [];
	for (const chunk of pack(entries, packingOf({ limits: IMPORT_LIMITS }))) {
		let jobId: string;
		try {
			const { body } = await client.request({
				method: 'POST',
				path: PATH,
				body: importBody(chunk.map(({ value }) => value)),
				scopes: WRITE,
				labels: PROFILE_LABELS,
			});
			jobId = String((body.data as IDataObject).id);
		} catch (error) {
			if (settings.mayDecline && isForbidden(error) && outcomes.length === 0) return null;
			const refusal = failureOf(error);
			outcomes.push(...chunk.map(({ index }) => ({ index, ...refusal })));
			continue;
		}
		outcomes.push(...(await readJob(client, jobId, chunk, settings, runtime)));
	}
	return outcomes;
}

async function readJob(
	client: KlaviyoClient,
	jobId: string,
	chunk: Array<Entry<NewProfile>>,
	{ query, waitMs }: ImportSettings,
	runtime: Runtime,
): Promise<Imported[]> {
	const open = (reason: string): Imported[] =>
		chunk.map(({ index }) => ({ index, status: 'accepted', job_id: jobId, reason }));
	try {
		const status = await settled(client, jobId, waitMs, runtime);
		if (status !== 'complete' && status !== 'cancelled') {
			return open(`Klaviyo has the profiles and is still at work on them (${status}).`);
		}
		const [failures, resources] = [
			await client.all({ path: `${PATH}/${jobId}/import-errors`, query: PAGE, scopes: READ }),
			await client.all({
				path: `${PATH}/${jobId}/profiles`,
				query: { ...query, ...PAGE },
				scopes: READ,
			}),
		];
		return outcomesOf(chunk, failures, resources, open);
	} catch (error) {
		return open(
			`Klaviyo has the profiles, but what came of them can’t be read: ${(error as Error).message}`,
		);
	}
}

const PAGE = { 'page[size]': '100' };

async function settled(
	client: KlaviyoClient,
	jobId: string,
	waitMs: number,
	runtime: Runtime,
): Promise<string> {
	const deadline = runtime.now() + waitMs;
	for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
		const { body } = await client.request({ path: `${PATH}/${jobId}`, scopes: READ });
		const status = String(attributesOf(body.data as IDataObject).status);
		const isOver = status === 'complete' || status === 'cancelled';
		if (isOver || runtime.signal?.aborted || runtime.now() + pause >= deadline) return status;
		await runtime.sleep(pause);
	}
}

/** Whom Klaviyo refused stands in the job's errors by its position; the others are found by an identifier. */
function outcomesOf(
	chunk: Array<Entry<NewProfile>>,
	failures: IDataObject[],
	resources: IDataObject[],
	open: (reason: string) => Imported[],
): Imported[] {
	const refused = refusalsIn(failures, chunk);
	const byIdentifier = new Map<string, IDataObject>();
	for (const resource of resources) {
		const { email, phone_number, external_id } = attributesOf(resource);
		for (const key of keysOf({ id: resource.id, email, phone_number, external_id })) {
			byIdentifier.set(key, resource);
		}
	}
	const unread = open('Klaviyo has the profile; it was not among those that the job names.');
	return chunk.map(({ index, value }, position) => {
		const refusal = refused.get(position);
		if (refusal !== undefined) return { index, ...refusal };
		const { email, phone_number, external_id } = value.attributes;
		const resource = keysOf({ id: value.id, email, phone_number, external_id })
			.map((key) => byIdentifier.get(key))
			.find((each) => each !== undefined);
		return resource === undefined ? unread[position]! : { index, status: 'imported', resource };
	});
}

function refusalsIn(
	failures: IDataObject[],
	chunk: Array<Entry<NewProfile>>,
): Map<number, Judgement & { http_status: null }> {
	const refused = new Map<number, Judgement & { http_status: null }>();
	for (const failure of failures) {
		const { detail, title, source, original_payload: payload } = attributesOf(failure);
		const pointer = String((source as IDataObject | null)?.pointer ?? '');
		const [, step] = new RegExp(`^${IMPORT_LIST}/(\\d+)(?:/|$)`).exec(pointer) ?? [];
		const position =
			step === undefined
				? chunk.findIndex(({ value }) => JSON.stringify(value) === JSON.stringify(payload))
				: Number(step);
		refused.set(position, {
			status: 'rejected',
			http_status: null,
			reason: `Klaviyo refused the profile: ${clip(String(detail ?? title ?? 'without a reason'))}`,
		});
	}
	return refused;
}

/** Klaviyo writes addresses in lower case. */
function keysOf(identifiers: IDataObject): string[] {
	return Object.entries(identifiers)
		.filter(([, value]) => typeof value === 'string' && value !== '')
		.map(
			([name, value]) =>
				`${name} ${name === 'email' ? String(value).toLowerCase() : String(value)}`,
		);
}

function isForbidden(error: unknown): boolean {
	return error instanceof NodeApiError && error.httpCode === '403';
}
