import type { ICredentialDataDecryptedObject, IExecuteFunctions } from 'n8n-workflow';

import type { RetryPolicy } from '../../shared/http/retry';
import { runtimeOf } from '../../shared/http/runtime';
import { batch, entryOf, type Entry } from './batch';
import type { Draft } from '../build/buildEvent';
import { deliver } from './deliver';
import type { Settled } from './outcome';
import { n8nHistory, remember, sift, type History } from './repeats';
import type { Target } from './target';
import { MEIRO_CREDENTIAL, transport } from './transport';

/** What holds for all events of a run. */
export interface SendSettings {
	/** Requests under way at once. */
	concurrency: number;
	policy: RetryPolicy;
	/** How many delivered events are remembered; null when none are. */
	historySize: number | null;
}

/** Sends what is ready. `drafts` has those that turned out too large as rejected. */
export async function send(
	context: IExecuteFunctions,
	drafts: Draft[],
	target: Target,
	settings: SendSettings,
	credential: ICredentialDataDecryptedObject,
): Promise<Settled & { drafts: Draft[] }> {
	const measured = drafts.map((draft, index) =>
		draft.status === 'ready' ? entryOf(index, draft, target) : draft,
	);
	const entries = measured.filter((entry): entry is Entry => !('status' in entry));

	const history = settings.historySize === null ? null : historyOf(context, settings.historySize);
	const { fresh, delivered, repeated } =
		history === null
			? { fresh: entries, delivered: [], repeated: new Map<number, number>() }
			: await sift(entries, history);

	const requests = batch(fresh, target);
	const outcomes = await deliver(
		requests,
		transport(context, {
			id: '',
			name: MEIRO_CREDENTIAL,
			type: MEIRO_CREDENTIAL,
			data: credential,
		}),
		{ ...settings, ...runtimeOf(context), onSettled: progressOf(context, fresh.length) },
	);
	if (history !== null) await remember(fresh, outcomes, history);
	return {
		drafts: measured.map((entry, index) => ('status' in entry ? entry : drafts[index]!)),
		outcomes,
		deliveredBefore: new Set(delivered.map(({ index }) => index)),
		repeated,
	};
}

function historyOf(context: IExecuteFunctions, size: number): History {
	return n8nHistory(context.helpers, size, (error) => {
		const message = error instanceof Error ? error.message : String(error);
		context.logger.warn(`Meiro Events: n8n's list of delivered events can't be used: ${message}`);
		context.addExecutionHints({
			message: `'Skip Already Delivered' could not be used, as n8n's list of delivered events failed: ${message}. The events were delivered as if they were new.`,
			type: 'warning',
			location: 'outputPane',
		});
	});
}

/** Large runs say in n8n's log how far they are. */
const LOG_EVERY = 10_000;

function progressOf(context: IExecuteFunctions, total: number): (count: number) => void {
	let settled = 0;
	return (count) => {
		const before = settled;
		settled += count;
		if (Math.floor(settled / LOG_EVERY) > Math.floor(before / LOG_EVERY)) {
			context.logger.info(`Meiro Events: ${settled} of ${total} events are settled`);
		}
	};
}
