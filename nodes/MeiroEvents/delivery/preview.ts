import type { IDataObject, INodeExecutionData } from 'n8n-workflow';

import { entryOf } from './send';
import type { Draft } from '../build/buildEvent';
import { resendable, unsentOutcome } from './outcome';
import { targetName, type Target } from './target';

/** What each item would be sent as, or why it would not be. Pure. */
export function previewItems(drafts: Draft[], target: Target): INodeExecutionData[] {
	return drafts.map((draft, index) => ({
		json: previewOf(draft, index, target),
		pairedItem: { item: index },
	}));
}

function previewOf(draft: Draft, index: number, target: Target): IDataObject {
	if (draft.status !== 'ready') return unsentOutcome(draft, index);
	const entry = entryOf(index, draft, target);
	if ('status' in entry) return unsentOutcome(entry, index);
	const { event, hashings } = draft;
	return {
		event_id: event.event_id,
		event_name: event.event_name,
		status: 'valid',
		target: targetName(target, event.source),
		bytes: entry.bytes,
		request: resendable(draft, target),
		...(hashings === undefined ? {} : { hashing: hashings }),
	};
}
