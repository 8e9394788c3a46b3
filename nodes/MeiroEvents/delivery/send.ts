import type { ICredentialDataDecryptedObject, IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { deliver, type Door, type Entry, type Outcome } from '../../shared/delivery/deliver';
import { readAnswer, type SetUpFault, type Wording } from '../../shared/delivery/readAnswer';
import { logThrown } from '../../shared/delivery/told';
import { settledAs } from '../../shared/delivery/verdict';
import { wordsIn, isWebPage, type Answer } from '../../shared/http/answer';
import type { RetryPolicy } from '../../shared/http/retry';
import type { Runtime } from '../../shared/http/runtime';
import { hiding } from '../../shared/http/secrets';
import {
	decrypted,
	n8nTransport,
	ServiceClient,
	type Transport,
} from '../../shared/http/serviceClient';
import type { Draft, OutgoingEvent, ReadyDraft, UnsentDraft } from '../build/buildEvent';
import { AlreadyDelivered, type Sifted } from './alreadyDelivered';
import { eventBody, requestUrl, secretsOf, type Target } from './target';

export const MEIRO_CREDENTIAL = 'meiroEventsApi';

/** What holds for all events of a run. */
export interface SendSettings {
	/** Requests under way at once. */
	concurrency: number;
	policy: RetryPolicy;
	/** Whether events that this node delivered before are skipped. */
	skipDelivered: boolean;
}

/** What became of the items that were sent, and of those that needed no sending. */
export interface Settled extends Omit<Sifted, 'fresh'> {
	outcomes: Outcome[];
	/** With those that turned out too large as rejected. */
	drafts: Draft[];
}

/** Sends what is ready. */
export async function send(
	context: IExecuteFunctions,
	drafts: Draft[],
	target: Target,
	settings: SendSettings,
	credential: ICredentialDataDecryptedObject,
	runtime: Runtime,
): Promise<Settled> {
	const measured = drafts.map((draft, index) =>
		draft.status === 'ready' ? entryOf(index, draft, target) : draft,
	);
	const entries = measured.filter((entry): entry is Entry<OutgoingEvent> => !('status' in entry));
	const history = settings.skipDelivered ? historyOf(context, target) : null;
	const { fresh, ...sifted } = history?.sift(entries) ?? {
		fresh: entries,
		deliveredBefore: new Set<number>(),
		repeated: new Map<number, number>(),
	};
	const transport = transportOf(context, credential);
	const outcomes = await deliver(fresh, {
		...doorTo(target, transport, settings, runtime),
		onThrow: (error) => logThrown(context, error),
		onSettled: progressOf(context, fresh.length),
	});
	history?.remember(fresh, outcomes);
	return {
		drafts: measured.map((entry, index) => ('status' in entry ? entry : drafts[index]!)),
		outcomes,
		...sifted,
	};
}

export function transportOf(
	context: IExecuteFunctions,
	credential: ICredentialDataDecryptedObject,
): Transport {
	const hide = hiding(secretsOf(credential));
	return n8nTransport(context, decrypted(MEIRO_CREDENTIAL, credential), hide);
}

/** The way into Meiro Events or Meiro Pipes. */
export function doorTo(
	target: Target,
	transport: Transport,
	{ policy, concurrency }: Pick<SendSettings, 'policy' | 'concurrency'>,
	runtime: Runtime,
): Omit<Door<OutgoingEvent>, 'onThrow'> {
	const client = new ServiceClient(
		{ name: 'Meiro', field: 'Base URL', transport },
		policy,
		runtime,
	);
	const addressOf = ({ source, event_name }: OutgoingEvent) =>
		requestUrl(target, source, event_name);
	return {
		limits: { count: target.batchSize, bytes: target.maxRequestBytes },
		concurrency,
		addressOf,
		personOf: ({ order_key }) => order_key,
		send: async (events, before) => {
			const sent = await client.send(
				{
					method: 'POST',
					url: addressOf(events[0]!),
					body: bodyOf(events, target),
					json: true,
					timeoutMs: target.timeoutMs,
				},
				before,
			);
			const { attempts, status: http_status } = sent;
			const reason = sent.isCancelled ? 'Not delivered: the execution was cancelled' : sent.reason;
			const ids = () => events.map(({ event_id }) => event_id);
			const names = () => events.map(({ event_name }) => event_name);
			const verdict =
				sent.answer === null
					? settledAs({ status: 'failed', reason })
					: readAnswer(sent.answer, { count: events.length, ids, names }, WORDING);
			return { verdict, attempts, http_status };
		},
	};
}

/**
 * What a request carries, made when it is sent: a run of many items would else hold all of it twice. A lone event
 * goes as an object: that is what both products are known to take.
 */
export function bodyOf(events: OutgoingEvent[], target: Target): IDataObject | IDataObject[] {
	const bodies = events.map((event) => eventBody(event, target));
	return bodies.length === 1 ? bodies[0]! : bodies;
}

const WORDING: Wording = {
	findOut:
		"Set 'Batch Size' to 1 to find out. Sending them again is safe, as their event_id stays.",
	setUp: (fault, answer) => {
		const said = isWebPage(answer) ? null : wordsIn(answer.body);
		return setUpSentence(fault, answer) + (said === null ? '' : ` Meiro says: ${said}`);
	},
};

export function setUpSentence(fault: SetUpFault, { status }: Answer): string {
	const credential = 'the Meiro Events credential';
	switch (fault) {
		case 'page':
			return `A web page came back in place of an answer (${status}). Check 'Base URL' of ${credential} and 'Source': they lead to a site, a login or a proxy.`;
		case 'redirect':
			return `The address redirects elsewhere (${status}). Enter the address that it leads to in 'Base URL' of ${credential}; secrets are not sent on.`;
		case 'login':
			return `Meiro does not accept the login (${status}). Check 'Authentication' of ${credential}.`;
		case 'forbidden':
			return `Meiro, or a firewall before it, forbids the request (${status}). Check 'Authentication' of ${credential}, and whether n8n may reach it.`;
		case 'address':
			return `No source takes events at this address (${status}). Check 'Base URL' of ${credential} and 'Source'.`;
	}
}

/** The event as an entry of a request, or the reason why no request can hold it. */
export function entryOf(
	index: number,
	{ event }: ReadyDraft,
	target: Target,
): Entry<OutgoingEvent> | UnsentDraft {
	const { event_id, event_name } = event;
	const rejected = (reason: string): UnsentDraft => ({
		status: 'rejected',
		reason,
		event_id,
		event_name,
	});
	let bytes: number;
	try {
		bytes = Buffer.byteLength(JSON.stringify(eventBody(event, target)), 'utf8');
	} catch (error) {
		// An object may say of itself what JSON can't carry.
		return rejected(
			`The event can't be written as JSON: ${error instanceof Error ? error.message : String(error)} ('Event Fields').`,
		);
	}
	if (bytes <= target.maxRequestBytes) return { index, value: event, bytes };
	return rejected(
		`The event is ${kilobytes(bytes)} kB large, more than the ${kilobytes(target.maxRequestBytes)} kB that a request may be. Leave parts of it out by 'Redact Paths'.`,
	);
}

function kilobytes(bytes: number): string {
	return Math.ceil(bytes / 1000).toLocaleString('en');
}

function historyOf(context: IExecuteFunctions, target: Target): AlreadyDelivered {
	return new AlreadyDelivered(`${context.getWorkflow().id} ${context.getNode().id}`, target);
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
