// One dialect of each side, played from the flow's step to what Meiro has stored: real nodes, the stand-ins between them.
import type { IDataObject } from 'n8n-workflow';

import { resetProcessState } from '../../nodes/shared/processState';
import { startKlaviyo, type KlaviyoStandIn } from '../../sandbox/klaviyo';
import { requestHeaders } from '../../sandbox/klaviyo/flows';
import { createCompiler } from '../../sandbox/klaviyo/render';
import { startMeiro, type Product } from '../../sandbox/meiro';
import { callTrigger, executeMeiroEvents, MemoryCredentials } from '../engine/support/engine';
import { executeKlaviyo } from '../engine/support/klaviyo';
import { executeMeiroCdp, RenewingCredentials } from '../engine/support/meiroCdp';
import { HEADER, SECRET, setUp } from '../faults/support/trigger';
import { BODIES, type Body } from './bodies';
import { truthsOf, type Truth } from './cast';
import type { Dialects } from './combinations';

const DAY_MS = 86_400_000;
/** Where Pipes knows no such event type. */
export const REFUSED_NAME = 'refused_by_meiro';

export type Way = 'webhook' | 'pipes' | 'cdp' | 'cdpUpload';
export const WAYS: readonly Way[] = ['webhook', 'pipes', 'cdp', 'cdpUpload'];

export interface Told {
	truth: Truth | null;
	item: IDataObject;
	outcome: IDataObject;
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
	/** Events of the contract, as they are stored. */
	stored: IDataObject[];
	/** What an event to a source that there is none of came to. */
	elsewhere: IDataObject | undefined;
}

interface Item {
	truth: Truth;
	json: IDataObject;
}

export async function play(dialects: Dialects): Promise<Played[]> {
	const now = Math.floor(Date.now() / 1000) * 1000;
	const truths = BODIES.flatMap((body, index) => truthsOf(body, index + 1, now));
	const klaviyo = await startKlaviyo({ dialect: dialects.klaviyo });
	try {
		seed(klaviyo, truths, now);
		const { items, unsent } = await received(truths, dialects, now);
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

function seed(klaviyo: KlaviyoStandIn, truths: Truth[], now: number): void {
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
							// Shown at once, but for the time that the dialect takes; long ago where a delay lay between.
							visible: new Date(body.delayMs > 0 ? now - DAY_MS / 24 : now),
						},
					]
				: [],
		),
	);
}

/** What the trigger makes of all deliveries, retries included. */
async function received(truths: Truth[], { klaviyo }: Dialects, now: number) {
	const compile = createCompiler({ dialect: klaviyo, timezone: 'Europe/Prague' });
	const templates = new Map(BODIES.map((body) => [body, compile(body.text)]));
	const trigger = setUp();
	const items: Item[] = [];
	const unsent = new Map<Truth, string>();

	async function send(truth: Truth, ms: number): Promise<void> {
		const { body, entry } = truth;
		let text: string;
		try {
			text = templates.get(body)!.render({
				person: entry.profile,
				event: entry.event ?? null,
				organization: { name: 'Lamp Shop' },
				now: new Date(ms),
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
		const { items: made } = await callTrigger(trigger, {
			headers: { ...lowerCased(headers), 'content-type': type, [HEADER]: SECRET },
			unread: type !== 'application/json',
			body: text,
		});
		items.push(...made.map(({ json }) => ({ truth, json })));
	}

	for (const truth of truths) {
		await send(truth, now);
		// Behind midnight, where Klaviyo renders anew.
		if (truth.isRetried) await send(truth, klaviyo.retryBody === 'same' ? now : now + DAY_MS);
	}
	return { items, unsent };
}

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
	const names = [...new Set(items.map(({ json }) => String(json.event_name)))];
	const throughOne = async (way: Way): Promise<Taken> => {
		const meiro = await startMeiro({
			dialect,
			sources: ['klaviyo'],
			pipesSources: ['klaviyo'],
			eventTypes: names,
			cdp: { eventTypes: names.map((type) => ({ source_id: 'klaviyo', type, version: '1-0-0' })) },
		});
		try {
			return { way, ...(await take(way, items, meiro)) };
		} finally {
			await meiro.close();
		}
	};
	return await Promise.all(WAYS.map(throughOne));
}

const PRODUCTS = {
	webhook: 'meiro_events',
	pipes: 'meiro_pipes',
	cdp: 'meiro_cdp',
	cdpUpload: 'meiro_cdp',
} as const satisfies Record<Way, Product>;

async function take(way: Way, items: Item[], meiro: Awaited<ReturnType<typeof startMeiro>>) {
	const refused: IDataObject = { ...items[0]!.json, event_id: 'refused', event_name: REFUSED_NAME };
	// Neither a webhook source nor the CDP's upload tells a bad event from a good one.
	const given = way === 'pipes' ? [...items.slice(0, 9), refused, ...items.slice(9)] : [...items];
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
	const stored = meiro.events({ product: PRODUCTS[way] }).map(({ body }) => payloadOf(way, body));
	return { told, stored, elsewhere };
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
function inOrder(outcomes: Array<{ json: IDataObject; pairedItem?: unknown }>, count: number) {
	const all: IDataObject[] = Array.from({ length: count }, () => ({}));
	for (const { json, pairedItem } of outcomes) {
		for (const { item } of [pairedItem].flat() as Array<{ item: number }>) all[item] = json;
	}
	return all;
}

function payloadOf(way: Way, body: unknown): IDataObject {
	if (way === 'webhook') return body as IDataObject;
	if (way === 'pipes') return (body as { event_payload: IDataObject }).event_payload;
	return JSON.parse((body as { payload: string }).payload) as IDataObject;
}
