import pLimit from 'p-limit';

import { faultIn } from '../../shared/delivery/readAnswer';
import { describeAnswer, type Answer } from '../../shared/http/answer';
import { isRetryableStatus } from '../../shared/http/retry';
import { noAnswerOf, type Transport } from '../../shared/http/serviceClient';
import { setUpSentence } from './send';
import { sourceUrl, type Target } from './target';

/** What each source's address says to a question without an event, at most `concurrency` of them at once. */
export async function askSources(
	target: Target,
	sources: Iterable<string>,
	transport: Transport,
	concurrency: number,
): Promise<ReadonlyMap<string, string>> {
	const limit = pLimit(concurrency);
	const ask = async (source: string) =>
		[source, await limit(() => askSource(target, source, transport))] as const;
	return new Map(await Promise.all(Array.from(sources, ask)));
}

/** In sentences. It is asked once: somebody looks on. */
async function askSource(target: Target, source: string, transport: Transport): Promise<string> {
	const url = sourceUrl(target, source);
	try {
		return wordsOn(await transport({ method: 'HEAD', url, timeoutMs: target.timeoutMs }));
	} catch (error) {
		return noAnswerOf(error, 'Base URL').reason;
	}
}

/** Meiro documents answers to events alone, so most of them leave open whether a source is there. */
function wordsOn(answer: Answer): string {
	const { status } = answer;
	const fault = faultIn(answer);
	if (fault === 'address') {
		return status === 405
			? 'Something there takes requests of another kind (405), as a source does.'
			: `The address says that nothing is there (${status}). A misspelt source says so, and a source that answers nothing but events. Check 'Base URL' of the Meiro Events credential and 'Source', then send a test event.`;
	}
	if (fault !== null) return setUpSentence(fault, answer);
	return isRetryableStatus(status)
		? `${describeAnswer(answer)}. Try again later.`
		: `The address answers (${status}). A test event shows whether the source takes events.`;
}
