import type {
	IDataObject,
	IExecuteFunctions,
	INodeExecutionData,
	INodeProperties,
} from 'n8n-workflow';

import type { MeiroClient } from '../../api/cdpClient';
import { explainAnswer } from '../../api/explainCdpAnswer';
import { readAnswer } from '../../../shared/delivery/readAnswer';
import { stopIfMissed } from '../../../shared/delivery/told';
import { isUndelivered } from '../../../shared/delivery/verdict';
import { optionsField } from '../../../shared/operation/fields';
import { undelivered } from '../../../shared/operation/operation';
import type { CdpOperation } from '../operation';
import { CDP_WORDING, EVENTS_TO_CDP, FEATURE } from './door';
import { csvRow, isHeaderRow, rowsOf } from './csv';
import { buildCustomerEvent } from './event';
import {
	eventFields,
	eventOptions,
	eventSettingsOf,
	optionsOf,
	uploadCompatibility,
	type Compatibility,
	type EventOptions,
} from './fields';
import { unpacked } from './gzip';
import { partsOf, type Part, type PartSize, type Row } from './parts';
import {
	DEFAULT_DONE,
	DEFAULT_FAILED,
	progressIn,
	statusList,
	uploadIdIn,
	waitForUpload,
	type WaitSettings,
} from './uploadStatus';

/** Meiro documents no maximum. */
const MAX_UPLOAD_BYTES = 50_000_000;

/** https://docs.meiro.dev/docs/api/meiro-cdp-api/create-customer-events */
export const upload: CdpOperation = {
	option: {
		name: 'Upload',
		value: 'upload',
		description: 'Upload many events as gzipped CSV, which Meiro processes later',
		action: 'Upload customer events',
	},
	properties: [
		{
			displayName: 'Upload From',
			name: 'uploadFrom',
			type: 'options',
			options: [
				{ name: 'CSV File', value: 'file', description: 'A file of each item, gzipped or not' },
				{ name: 'Input Items', value: 'items', description: 'One event per item' },
			],
			default: 'items',
			description: 'Where the events come from',
		},
		{
			displayName: 'Input Binary Field',
			name: 'binaryField',
			type: 'string',
			default: 'data',
			required: true,
			hint: 'The name of the input field that holds the file',
			description:
				'CSV with the columns source_id, type, version, user_identifier, event_time, payload in this order',
			displayOptions: { show: { uploadFrom: ['file'] } },
		},
		...eventFields,
		optionsField([
			...((eventOptions.options ?? []) as INodeProperties[]),
			{
				displayName: 'Wait (Seconds)',
				name: 'waitSeconds',
				type: 'number',
				typeOptions: { minValue: 0 },
				default: 0,
				description:
					'How long to wait until an upload is done or has failed. 0: not at all. What is not done by then is told as uploaded.',
			},
		]),
		uploadCompatibility,
	],
	async execute(context, client) {
		const options = optionsOf(context);
		client.giveUpAfter(options.giveUpAfterSeconds);
		const size: PartSize = {
			bytes: MAX_UPLOAD_BYTES,
			rows: Math.floor(options.batchSize ?? 0) || Number.POSITIVE_INFINITY,
		};
		const results: Result[] = [];

		if (context.getNodeParameter('uploadFrom', 0) === 'file') {
			for (let index = 0; index < context.getInputData().length; index++) {
				await uploadFile(context, client, index, size, options, results);
			}
		} else {
			const rows = rowsFromItems(context, results);
			await uploadParts(client, partsOf(rows, size), options, results);
		}
		const wait = waitSettingsOf(options);
		if (wait.timeLimitMs > 0) {
			for (const result of results) await waitFor(client, result, wait);
		}
		return output(context, results);
	},
};

/** What became of one upload, or of an item that went into none. */
interface Result {
	indexes: number[];
	outcome: IDataObject;
}

/** Rows of the items that are events; what the others came to goes to `results`. */
function* rowsFromItems(context: IExecuteFunctions, results: Result[]): Generator<Row> {
	const text = new TextEncoder();
	for (const [index, { json }] of context.getInputData().entries()) {
		const draft = buildCustomerEvent(json, eventSettingsOf(context, index));
		if (draft.status === 'ready') {
			yield { index, bytes: text.encode(csvRow(draft.event)) };
			continue;
		}
		const { status, eventId, eventType, reason } = draft;
		results.push({
			indexes: [index],
			outcome: { event_type: eventType, status, reason, event_id: eventId },
		});
	}
}

async function uploadFile(
	context: IExecuteFunctions,
	client: MeiroClient,
	index: number,
	size: PartSize,
	options: EventOptions & Compatibility,
	results: Result[],
): Promise<void> {
	try {
		const rows = rowsFromFile(context, index);
		const before = results.length;
		await uploadParts(client, partsOf(rows, size), options, results);
		if (results.length > before) return;
		const reason = "The file in 'Input Binary Field' has no rows";
		results.push({ indexes: [index], outcome: { status: 'skipped', reason } });
	} catch (error) {
		const said = error instanceof Error ? error.message : String(error);
		const reason = `The file in 'Input Binary Field' can't be read: ${said}. Check the field's name and that the file is a CSV, gzipped or not`;
		results.push({ indexes: [index], outcome: { status: 'rejected', reason } });
	}
}

async function* rowsFromFile(context: IExecuteFunctions, index: number): AsyncGenerator<Row> {
	const field = String(context.getNodeParameter('binaryField', index));
	const binary = context.helpers.assertBinaryData(index, field);
	const chunks: AsyncIterable<Uint8Array> = binary.id
		? await context.helpers.getBinaryStream(binary.id)
		: once(Buffer.from(binary.data, 'base64'));
	let isFirst = true;
	for await (const bytes of rowsOf(unpacked(chunks))) {
		if (!isFirst || !isHeaderRow(bytes)) yield { index, bytes };
		isFirst = false;
	}
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
	yield bytes;
}

async function uploadParts(
	client: MeiroClient,
	parts: AsyncIterable<Part>,
	options: EventOptions & Compatibility,
	results: Result[],
): Promise<void> {
	const settings = waitSettingsOf(options);
	for await (const { file, rows, csvBytes, indexes } of parts) {
		const sent = await client.send({
			method: 'POST',
			path: '/customer_events/async',
			body: file,
			contentType: 'application/octet-stream',
			feature: FEATURE,
		});
		const { attempts } = sent;
		const known = { rows, csv_bytes: csvBytes, upload_bytes: file.length, attempts };
		if (sent.answer === null) {
			const { status: http_status, reason } = sent;
			results.push({ indexes, outcome: { status: 'failed', ...known, http_status, reason } });
			continue;
		}
		const { status: http_status, body } = sent.answer;
		if (http_status >= 300 || typeof body !== 'object' || body === null) {
			const { status, reason } = readAnswer(sent.answer, { count: 1 }, CDP_WORDING).rest;
			const said = reason ?? explainAnswer(sent.answer, 'cdp', FEATURE).sentence;
			const hint = http_status === 413 ? ". Set 'Batch Size' to fewer events" : '';
			const outcome = { ...known, http_status, reason: `${said}${hint}` };
			results.push({
				indexes,
				outcome: { status: status === 'delivered' ? 'failed' : status, ...outcome },
			});
			continue;
		}
		const answer = body as IDataObject;
		const progress = progressIn(answer, settings);
		results.push({
			indexes,
			outcome: { upload_id: uploadIdIn(answer), ...known, http_status, ...progress },
		});
	}
}

async function waitFor(
	client: MeiroClient,
	{ outcome }: Result,
	wait: WaitSettings,
): Promise<void> {
	if (outcome.status !== 'uploaded') return;
	if (typeof outcome.upload_id !== 'string') {
		outcome.reason = "Meiro's answer has no ID, so its status can't be asked for";
		return;
	}
	const first = progressIn(outcome.answer as IDataObject, wait);
	Object.assign(outcome, await waitForUpload(client, outcome.upload_id, first, wait));
}

function waitSettingsOf(options: EventOptions & Compatibility): WaitSettings {
	return {
		timeLimitMs: Math.max(0, options.waitSeconds ?? 0) * 1000,
		done: statusList(options.doneStatuses ?? DEFAULT_DONE),
		failed: statusList(options.failedStatuses ?? DEFAULT_FAILED),
	};
}

/** One item per upload, paired with all that is in it; of an upload that failed one per item, to be sent again. */
function output(context: IExecuteFunctions, results: Result[]): INodeExecutionData[] {
	const missed = results
		.filter(({ outcome }) => isUndelivered(outcome))
		.flatMap(({ indexes, outcome }) => indexes.map((index) => ({ index, outcome })))
		.sort((one, other) => one.index - other.index);
	const byItem: IDataObject[] = context.getInputData().map(() => ({}));
	for (const { index, outcome } of missed) byItem[index] = outcome;
	stopIfMissed(context, byItem, EVENTS_TO_CDP);
	const taken = results
		.filter(({ outcome }) => !isUndelivered(outcome))
		.map(({ indexes, outcome }) => ({
			json: outcome,
			pairedItem: indexes.map((item) => ({ item })),
		}));
	return [...taken, ...missed.map(({ index, outcome }) => undelivered(context, outcome, [index]))];
}
