import type { IDataObject } from 'n8n-workflow';

import { clip } from '../../../shared/http/answer';
import type { MeiroClient } from '../../api/cdpClient';
import { explainAnswer } from '../../api/explainCdpAnswer';
import { FEATURE } from './door';

/** Meiro documents no status of an upload, so what they mean is the user's to say. */
export interface WaitSettings {
	timeLimitMs: number;
	done: string[];
	failed: string[];
}

/** How far an upload is, and Meiro's own answer. */
export interface Progress {
	status: 'uploaded' | 'done' | 'failed';
	meiro_status: string | null;
	answer: IDataObject;
	reason?: string;
}

export const DEFAULT_DONE = 'done, finished, completed, success, succeeded';
export const DEFAULT_FAILED = 'failed, error, cancelled';

/** Statuses as the user lists them, separated by commas. */
export function statusList(text: string): string[] {
	return text
		.split(',')
		.map((status) => status.trim().toLowerCase())
		.filter((status) => status !== '');
}

export function statusRequest(id: string) {
	return { path: `/customer_events/async/${encodeURIComponent(id)}`, feature: FEATURE };
}

/** The ID by which to ask for the upload's status. */
export function uploadIdIn(answer: IDataObject): string | null {
	return textIn(answer, 'id');
}

/** How far an answer says that the upload is. */
export function progressIn(answer: IDataObject, { done, failed }: WaitSettings): Progress {
	const status = textIn(answer, 'status');
	const known = status?.toLowerCase() ?? '';
	if (failed.includes(known)) {
		const said = textIn(answer, 'message') ?? textIn(answer, 'error') ?? 'without a reason';
		const reason = `Meiro could not process the upload: ${clip(said)} (status '${clip(status ?? '')}')`;
		return { status: 'failed', meiro_status: status, answer, reason };
	}
	return { status: done.includes(known) ? 'done' : 'uploaded', meiro_status: status, answer };
}

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;

/** Asks, at first often, until the upload is done, has failed, or the time is up. Never rejects. */
export async function waitForUpload(
	client: MeiroClient,
	id: string,
	first: Progress,
	settings: WaitSettings,
): Promise<Progress> {
	const { now, sleep } = client.runtime;
	const end = now() + settings.timeLimitMs;
	let progress = first;
	let pauseMs = FIRST_PAUSE_MS;
	while (progress.status === 'uploaded') {
		if (now() + pauseMs > end) {
			const seconds = Math.round(settings.timeLimitMs / 1000);
			const reason = `Meiro was not done after ${seconds} seconds; its last status is '${progress.meiro_status}'. Raise 'Wait (Seconds)', or add the status to 'Done Statuses' or 'Failed Statuses'.`;
			return { ...progress, reason };
		}
		await sleep(pauseMs);
		pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
		const sent = await client.send(statusRequest(id));
		if (sent.answer === null) return { ...progress, reason: sent.reason };
		if (sent.answer.status >= 300) {
			return { ...progress, reason: explainAnswer(sent.answer, 'cdp', FEATURE).sentence };
		}
		progress = progressIn((sent.answer.body ?? {}) as IDataObject, settings);
	}
	return progress;
}

/** A text in the answer, or in the one object that it may be wrapped in. */
function textIn(answer: IDataObject, key: string): string | null {
	const nested = Object.values(answer).filter(
		(value) => typeof value === 'object' && value !== null && !Array.isArray(value),
	);
	for (const place of [answer, ...nested] as IDataObject[]) {
		const value = place[key];
		if (typeof value === 'string' || typeof value === 'number') return String(value);
	}
	return null;
}
