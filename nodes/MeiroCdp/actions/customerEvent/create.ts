import { NodeOperationError, type IDataObject, type INodeExecutionData } from 'n8n-workflow';

import { undelivered } from '../../../shared/operation/operation';
import type { CdpOperation } from '../operation';
import { bodyOf, deliver, sender, summaryOf, type Outcome } from './chunks';
import { buildCustomerEvent, type Draft } from './event';
import {
	eventFields,
	eventSettingsOf,
	eventTimeFormat,
	giveUpAfter,
	optionsOf,
	retryLostAnswers,
	testEvents,
	versionPattern,
} from './fields';

/** Meiro documents no largest request, so this is low. */
const DEFAULT_CHUNK_SIZE = 100;

/** https://docs.meiro.dev/docs/api/meiro-cdp-api/create-customer-events */
export const create: CdpOperation = {
	option: {
		name: 'Create',
		value: 'create',
		description:
			'Create events in the CDP and tell the outcome of each. Meiro documents no protection against repeats.',
		action: 'Create a customer event',
	},
	properties: [
		...eventFields,
		{
			displayName: 'Options',
			name: 'options',
			type: 'collection',
			placeholder: 'Add option',
			default: {},
			options: [
				{
					displayName: 'Chunk Size',
					name: 'chunkSize',
					type: 'number',
					typeOptions: { minValue: 1 },
					default: DEFAULT_CHUNK_SIZE,
					description: 'Events in one request. Meiro documents no maximum.',
				},
				eventTimeFormat,
				giveUpAfter,
				{
					displayName: 'Payload Encoding',
					name: 'payloadEncoding',
					type: 'options',
					options: [
						{
							name: 'Object',
							value: 'object',
							description: 'As JSON inside the JSON of the request',
						},
						{ name: 'String', value: 'string', description: 'As text, the way Meiro answers it' },
					],
					default: 'string',
					description: 'How the payload is sent. Meiro’s documentation does not say.',
				},
				retryLostAnswers,
				testEvents,
				versionPattern,
			],
		},
	],
	async execute(context, client) {
		const items = context.getInputData();
		const options = optionsOf(context);
		if (options.giveUpAfterSeconds) client.giveUpAfter(options.giveUpAfterSeconds * 1000);

		const drafts = items.map(({ json }, index) =>
			buildCustomerEvent(json, eventSettingsOf(context, index)),
		);
		const entries = drafts.flatMap((draft, index) =>
			draft.status === 'ready' ? [{ index, event: draft.event }] : [],
		);
		const chunkSize = Math.max(1, Math.floor(options.chunkSize ?? DEFAULT_CHUNK_SIZE));
		const send = sender(client, options.retryLostAnswers ?? true);
		const outcomes = await deliver(entries, chunkSize, send);

		const byIndex = new Map(outcomes.map((outcome) => [outcome.index, outcome]));
		const told = drafts.map((draft, index) => outcomeOf(draft, byIndex.get(index)));
		const missed = told.flatMap((outcome, index) =>
			isUndelivered(outcome)
				? [{ index, name: String(outcome.event_type ?? 'item'), reason: String(outcome.reason) }]
				: [],
		);
		if (missed.length > 0 && !context.continueOnFail()) {
			throw new NodeOperationError(context.getNode(), summaryOf(missed, items.length), {
				itemIndex: missed[0]!.index,
			});
		}
		return told.map((outcome, index): INodeExecutionData => {
			if (!isUndelivered(outcome)) return { json: outcome, pairedItem: { item: index } };
			return undelivered(context, outcome, [index], { request: resendable(drafts[index]!, index) });
		});
	},
};

function outcomeOf(draft: Draft, outcome: Outcome | undefined): IDataObject {
	if (draft.status !== 'ready' || outcome === undefined) {
		const { status, eventId, eventType, reason } = draft as Exclude<Draft, { status: 'ready' }>;
		return {
			event_id: eventId,
			event_type: eventType,
			status,
			attempts: 0,
			http_status: null,
			reason,
		};
	}
	const { status, attempts, http_status, meiro_id, reason } = outcome;
	const { type, version, user_identifier } = draft.event;
	return {
		event_id: draft.eventId,
		event_type: type,
		version,
		user_identifier,
		status,
		attempts,
		http_status,
		...(meiro_id === undefined ? {} : { meiro_id }),
		...(reason === undefined ? {} : { reason }),
	};
}

function isUndelivered({ status }: IDataObject): boolean {
	return status === 'failed' || status === 'rejected';
}

/** Everything that sending the event again takes; the credential's secrets are not in it. */
function resendable(draft: Draft, index: number): IDataObject | null {
	if (draft.status !== 'ready') return null;
	return {
		method: 'POST',
		path: '/customer_events/',
		body: bodyOf([{ index, event: draft.event }]),
	};
}
