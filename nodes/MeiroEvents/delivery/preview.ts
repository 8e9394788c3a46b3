import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { entryOf } from './send';
import { isObject } from '../../shared/event/values';
import type { Draft, OutgoingEvent } from '../build/buildEvent';
import { resendable, unsentOutcome } from './outcome';
import { targetName, type Target } from './target';

/**
 * What each item would be sent as, or why it would not be. Pure.
 *
 * @param answers what each source said when it was asked without an event
 */
export function previewItems(
	drafts: Draft[],
	target: Target,
	answers: ReadonlyMap<string, string>,
): INodeExecutionData[] {
	return drafts.map((draft, index) => ({
		json: previewOf(draft, index, target, answers),
		pairedItem: { item: index },
	}));
}

function previewOf(
	draft: Draft,
	index: number,
	target: Target,
	answers: ReadonlyMap<string, string>,
): IDataObject {
	if (draft.status !== 'ready') return unsentOutcome(draft, index);
	const entry = entryOf(index, draft, target);
	if ('status' in entry) return unsentOutcome(entry, index);
	const { event, hashings } = draft;
	return {
		event_name: event.event_name,
		status: 'valid',
		in_words: inWords(event, target),
		source_says: answers.get(event.source) ?? null,
		event_id: event.event_id,
		target: targetName(target, event.source),
		bytes: entry.bytes,
		request: resendable(draft, target),
		...(hashings === undefined ? {} : { hashing: hashings }),
	};
}

const SHA256 = /^[0-9a-f]{64}$/;

/** The event as a person would tell it. */
function inWords(event: OutgoingEvent, target: Target): string {
	const { event_name, event_time, source, payload } = event;
	const test = payload.is_test === true ? " It is a test event: Send goes by 'Test Events'." : '';
	const when = event_time.slice(0, 19).replace('T', ' ');
	return `${event_name} ${whom(event)}, at ${when} UTC, to ${targetName(target, source)}.${test}`;
}

function whom({ identifiers, user_identifier, payload }: OutgoingEvent): string {
	if (identifiers === null) {
		const { subject, subject_type, subject_id } = payload;
		const { type, id } = isObject(subject) ? subject : { type: subject_type, id: subject_id };
		return `about ${[type, id].filter(Boolean).join(' ')}`;
	}
	const known = identifiers.map(({ typeId, value }) => `${typeId} ${shortened(value)}`);
	return `of ${known.length > 0 ? known.join(', ') : shortened(String(user_identifier))}`;
}

function shortened(value: string): string {
	return SHA256.test(value) ? `${value.slice(0, 12)}… (hashed)` : value;
}
