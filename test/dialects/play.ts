// One dialect of each side, played from the flow's step to what Meiro has stored: real nodes, the stand-ins between them.
import { mock } from 'node:test';

import type { IDataObject } from 'n8n-workflow';

import { resetProcessState } from '../../nodes/shared/processState';
import { startKlaviyo, type KlaviyoStandIn } from '../../sandbox/klaviyo';
import { requestHeaders } from '../../sandbox/klaviyo/flows';
import { createCompiler } from '../../sandbox/klaviyo/render';
import { startMeiro, type MeiroStandIn, type Product } from '../../sandbox/meiro';
import { callTrigger, executeMeiroEvents, MemoryCredentials } from '../engine/support/engine';
import { executeKlaviyo } from '../engine/support/klaviyo';
import { executeMeiroCdp, RenewingCredentials } from '../engine/support/meiroCdp';
import { HEADER, SECRET, setUp } from '../faults/support/trigger';
import { BODIES, type Body } from './bodies';
import { truthsOf, type Truth } from './cast';
import type { Dialects } from './combinations';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Of the account. */
export const TIMEZONE = 'Europe/Prague';
/** From the flow's step to n8n; no whole second, as no receipt is. */
const ON_ITS_WAY_MS = 2_345;
/** An event type that Meiro does not know. */
export const REFUSED_NAME = 'refused_by_meiro';

export type Way = 'webhook' | 'pipes' | 'cdp' | 'cdpUpload';
export const WAYS: readonly Way[] = ['webhook', 'pipes', 'cdp', 'cdpUpload'];

export interface Told {
	truth: Truth | null;
	item: IDataObject;
	outcome: IDataObject;
}

/** An event in Meiro. */
export interface Stored {
	/** The event of the contract in it. */
	event: IDataObject;
	/** The time that Meiro is told beside it; null where it is told none. */
	at: string | null;
	/** The ids of the person that Meiro is told beside it. */
	who: string[] | null;
}

/** What one way in took of all bodies' events. */
export interface Played {
	way: Way;
	isCompleted: boolean;
	/** All that happened. */
	truths: Truth[];
	/** Why a truth made no item, by truth. */
	unsent: Map<Truth, string>;
	told: Told[];
	stored: Stored[];
	/** What an event to a source that there is none of came to. */
	elsewhere: IDataObject | undefined;
}

interface Item {
	truth: Truth;
	json: IDataObject;
}

/** Everything has been received long ago when it is sent on, repeats after midnight included. */
export async function play(dialects: Dialects): Promise<Played[]> {
	const now = Math.floor(Date.now() / 1000) * 1000;
	const truths = truthsOfAll(now - DAY_MS - 2 * HOUR_MS);
	const klaviyo = await startKlaviyo({ dialect: dialects.klaviyo });
	try {
		seed(klaviyo, truths, now);
		const { items, unsent } = await received(truths, dialects);
		const completed = await complete(klaviyo, items);
		const played: Played[] = [];
		for (const [isCompleted, all] of [
			[false, items],
			[true, completed],
		] as const) {
			played.push(
				...(await delivered(all, dialects)).map((each) => ({
					...each,
					isCompleted,
					truths,
					unsent,
				})),
			);
		}
		return played;
	} finally {
		await klaviyo.close();
	}
}

/** @param turn with another one all are other people */
export function truthsOfAll(now: number, turn = 0): Truth[] {
	return BODIES.flatMap((body, index) => truthsOf(body, BODIES.length * turn + index + 1, now));
}

/** Puts the people and their events into Klaviyo: shown at once, but for the time that the dialect takes. */
export function seed(klaviyo: KlaviyoStandIn, truths: Truth[], now: number): void {
	const people = new Map(truths.map(({ entry: { profile } }) => [profile.klaviyo_id, profile]));
	klaviyo.seedProfiles(
		[...people.values()].map(({ klaviyo_id: id, ...attributes }) => ({ id, attributes })),
	);
	klaviyo.seedEvents(
		truths.flatMap(({ body, entry: { profile, event } }) =>
			event
				? [
						{
							...{ metric: event.metric, profile: profile.klaviyo_id, time: new Date(event.time) },
							...(event.unique_id ? { unique_id: event.unique_id } : {}),
							...{ value: event.value ?? 0, value_currency: 'EUR', properties: event.properties },
							// Long ago where a delay lay between.
							visible: new Date(body.delayMs > 0 ? now - HOUR_MS : now),
						},
					]
				: [],
		),
	);
}

/** What the trigger makes of all deliveries, each on the clock of its receipt; repeats come a day later. */
async function received(truths: Truth[], { klaviyo }: Dialects) {
	const compile = createCompiler({ dialect: klaviyo, timezone: TIMEZONE });
	const templates = new Map(BODIES.map((body) => [body, compile(body.text)]));
	const trigger = setUp();
	const items: Item[] = [];
	const unsent = new Map<Truth, string>();

	async function send(truth: Truth, renderedAt: number, sentAt: number): Promise<void> {
		const { body, entry } = truth;
		let text: string;
		try {
			text = templates.get(body)!.render({
				person: entry.profile,
				event: entry.event ?? null,
				organization: { name: 'Lamp Shop' },
				now: new Date(renderedAt),
				klaviyoIdKnown: body.startsFrom !== 'date' || klaviyo.klaviyoIdInDateFlows === 'there',
			});
		} catch (error) {
			unsent.set(truth, String(error));
			return;
		}
		const headers = headersOf(body, klaviyo);
		const type = headers['Content-Type'];
		// n8n reads JSON before any node sees it, and refuses what is none.
		if (type === 'application/json' && !isJson(text)) {
			unsent.set(truth, 'n8n answers 422: not JSON');
			return;
		}
		mock.timers.setTime(sentAt + ON_ITS_WAY_MS);
		const { items: made } = await callTrigger(trigger, {
			headers: { ...lowerCased(headers), 'content-type': type, [HEADER]: SECRET },
			unread: type !== 'application/json',
			body: text,
		});
		items.push(...made.map(({ json }) => ({ truth, json })));
	}

	mock.timers.enable({ apis: ['Date'] });
	try {
		for (const truth of truths) await send(truth, stepOf(truth), stepOf(truth));
		for (const truth of truths.filter(({ isRetried }) => isRetried)) {
			const again = stepOf(truth) + DAY_MS;
			await send(truth, klaviyo.retryBody === 'same' ? stepOf(truth) : again, again);
		}
	} finally {
		mock.timers.reset();
	}
	return { items, unsent };
}

/** When the flow's step comes. */
const stepOf = ({ happened, body }: Truth) => happened + body.delayMs;

function headersOf(body: Body, klaviyo: Dialects['klaviyo']): Record<string, string> {
	const own: Record<string, string> =
		body.contentType === '' ? {} : { 'Content-Type': body.contentType };
	const flowId = `Flow${String(BODIES.indexOf(body)).padStart(2, '0')}`;
	return requestHeaders(flowId, { url: '', headers: own, body: '' }, klaviyo);
}

function lowerCased(headers: Record<string, string>): Record<string, string> {
	return Object.fromEntries(
		Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]),
	);
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

async function complete({ apiUrl }: KlaviyoStandIn, items: Item[]): Promise<Item[]> {
	const { main, failure } = await executeKlaviyo({
		...{ apiUrl, resource: 'event', operation: 'complete', items: items.map(({ json }) => json) },
	});
	if (failure) throw failure;
	return main.map(({ json }, index) => ({ truth: items[index]!.truth, json }));
}

type Taken = Pick<Played, 'way' | 'told' | 'stored' | 'elsewhere'>;

/** Each way into a Meiro of its own: Pipes knows an event again whatever the source. */
async function delivered(items: Item[], { meiro: dialect }: Dialects): Promise<Taken[]> {
	// Another Meiro may have had this port, and Meiro Events remembers what it has delivered there.
	resetProcessState();
	const throughOne = async (way: Way): Promise<Taken> => {
		const meiro = await startMeiroOf(dialect, way);
		try {
			return { way, ...(await take(way, items, meiro)) };
		} finally {
			await meiro.close();
		}
	};
	return await Promise.all(WAYS.map(throughOne));
}

/** Ways that tell a bad event from a good one; a webhook source takes any, and an upload is one piece. */
export const TELLING: readonly Way[] = ['pipes', 'cdp'];

/** Knows the events that the bodies are to make, and no others. */
export async function startMeiroOf(dialect: Dialects['meiro'], way: Way): Promise<MeiroStandIn> {
	const names = [...new Set(BODIES.map(({ eventName }) => eventName))];
	const inCdp = TELLING.includes(way) ? names : [...names, REFUSED_NAME];
	return await startMeiro({
		dialect,
		sources: ['klaviyo'],
		pipesSources: ['klaviyo'],
		eventTypes: names,
		cdp: { eventTypes: inCdp.map((type) => ({ source_id: 'klaviyo', type, version: '1-0-0' })) },
	});
}

const PRODUCTS = {
	webhook: 'meiro_events',
	pipes: 'meiro_pipes',
	cdp: 'meiro_cdp',
	cdpUpload: 'meiro_cdp',
} as const satisfies Record<Way, Product>;

async function take(way: Way, items: Item[], meiro: MeiroStandIn) {
	const refused: IDataObject = { ...items[0]!.json, event_id: 'refused', event_name: REFUSED_NAME };
	const given = TELLING.includes(way)
		? [...items.slice(0, 9), refused, ...items.slice(9)]
		: [...items];
	const jsons = given.map((each) => ('truth' in each ? (each as Item).json : each));
	const { outcomes, elsewhere } = await (way === 'webhook' || way === 'pipes'
		? throughEvents(way, jsons, meiro.url)
		: throughCdp(way, jsons, meiro.cdp.url));
	const told = jsons.map((item, index): Told => {
		const each = given[index]!;
		return {
			truth: 'truth' in each ? (each as Item).truth : null,
			item,
			outcome: outcomes[index] ?? {},
		};
	});
	return { told, stored: storedIn(meiro, way), elsewhere };
}

async function throughEvents(way: 'webhook' | 'pipes', items: IDataObject[], baseUrl: string) {
	const credentials = new MemoryCredentials({
		meiroEventsApi: {
			product: way === 'pipes' ? 'meiroPipes' : 'meiroEvents',
			...{ baseUrl, allowPrivate: true, authentication: 'none', timeoutSeconds: 5 },
		} as never,
	});
	const onError = 'continueRegularOutput';
	const parameters = { options: { skipDelivered: true } };
	const { main, failure } = await executeMeiroEvents(items, { credentials, onError, parameters });
	if (failure) throw failure;
	const stray = await executeMeiroEvents(items.slice(0, 1), {
		credentials,
		onError,
		parameters: { source: 'there_is_none' },
	});
	return {
		outcomes: inOrder(main, items.length),
		elsewhere: stray.main[0]?.json,
	};
}

async function throughCdp(way: 'cdp' | 'cdpUpload', items: IDataObject[], baseUrl: string) {
	const credentials = new RenewingCredentials({
		...{ baseUrl, allowPrivate: true, authentication: 'password', timeoutSeconds: 5 },
		...{ email: 'n8n@shop.example', password: 'stand-in' },
	} as never);
	const { main, failure } = await executeMeiroCdp(
		items.map((json) => ({ json })),
		{
			credentials,
			onError: 'continueRegularOutput',
			parameters: {
				resource: 'customerEvent',
				operation: way === 'cdp' ? 'create' : 'upload',
				dataSourceId: { __rl: true, mode: 'id', value: 'klaviyo' },
				...(way === 'cdpUpload' ? { options: { waitSeconds: 2 } } : {}),
			},
		},
	);
	if (failure) throw failure;
	return { outcomes: inOrder(main, items.length), elsewhere: undefined };
}

/** Outcomes by the item that each is of. */
export function inOrder(outcomes: Array<{ json: object; pairedItem?: unknown }>, count: number) {
	const all: IDataObject[] = Array.from({ length: count }, () => ({}));
	for (const { json, pairedItem } of outcomes) {
		for (const { item } of [pairedItem].flat() as Array<{ item: number }>)
			all[item] = json as IDataObject;
	}
	return all;
}

export function storedIn(meiro: MeiroStandIn, way: Way): Stored[] {
	return meiro.events({ product: PRODUCTS[way] }).map(({ body }) => readStored(way, body));
}

interface Envelope {
	event_time: string;
	identifiers?: Array<{ value: string }>;
	event_payload: IDataObject;
}

interface CustomerEvent {
	event_time: string;
	user_identifier: string;
	payload: string;
}

function readStored(way: Way, body: unknown): Stored {
	if (way === 'webhook') return { event: body as IDataObject, at: null, who: null };
	if (way === 'pipes') {
		const { event_time: at, identifiers = [], event_payload: event } = body as Envelope;
		return { event, at, who: identifiers.map(({ value }) => value) };
	}
	const { event_time: at, user_identifier, payload } = body as CustomerEvent;
	return { event: JSON.parse(payload) as IDataObject, at, who: [user_identifier] };
}
