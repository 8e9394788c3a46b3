// Deliveries that a fuzzer has changed in body, content type and headers, through the real trigger.
import * as fc from 'fast-check';

import { bodyOf, RECIPES } from '../../../nodes/Klaviyo/trigger/recipes';
import { createCompiler } from '../../../sandbox/klaviyo/render';
import { callTrigger } from '../../engine/support/engine';
import { hostileEntries, hostileText } from './hostile';
import { PLAIN_BODIES, renderBody } from './rendering';
import { HEADER, SECRET, setUp } from './trigger';

/** What became of all deliveries; each is counted once. */
export interface Storm {
	sent: number;
	/** n8n itself answers these, before any node: JSON by content type that is none. */
	answered_422_by_n8n: number;
	emitted: number;
	emitted_repaired: number;
	emitted_as_error: number;
	refused_401: number;
	answered_5xx: number;
	thrown: number;
	accepted_with_wrong_secret: number;
	lost_with_right_secret: number;
	/** The first few that went wrong, for the eye. */
	wrong: string[];
}

interface Delivery {
	body: Buffer;
	headers: Record<string, string>;
	hasRightSecret: boolean;
	unread: boolean;
}

type Mutation = (body: Buffer) => Buffer;

const position = fc.double({ min: 0, max: 1, noNaN: true });
const at = (body: Buffer, share: number) => Math.floor(share * body.length);
const splice = (body: Buffer, from: number, to: number, put: Buffer) =>
	Buffer.concat([body.subarray(0, Math.min(from, to)), put, body.subarray(Math.max(from, to))]);
const nothing = Buffer.alloc(0);

const mutation: fc.Arbitrary<Mutation> = fc.oneof(
	fc.constant<Mutation>((body) => body),
	position.map<Mutation>((end) => (body) => body.subarray(0, at(body, end))),
	position.map<Mutation>((start) => (body) => body.subarray(at(body, start))),
	fc.tuple(position, position).map<Mutation>(
		([a, b]) =>
			(body) =>
				splice(body, at(body, a), at(body, b), nothing),
	),
	fc.tuple(position, hostileText).map<Mutation>(
		([a, text]) =>
			(body) =>
				splice(body, at(body, a), at(body, a), Buffer.from(text)),
	),
	fc.tuple(position, fc.uint8Array({ minLength: 1, maxLength: 8 })).map<Mutation>(
		([a, bytes]) =>
			(body) =>
				splice(body, at(body, a), at(body, a) + bytes.length, Buffer.from(bytes)),
	),
	fc.tuple(position, position).map<Mutation>(
		([a, b]) =>
			(body) =>
				splice(
					body,
					at(body, a),
					at(body, a),
					body.subarray(at(body, Math.min(a, b)), at(body, Math.max(a, b))),
				),
	),
	fc.constantFrom<Mutation>(
		(body) => Buffer.concat([Buffer.from('['), body, Buffer.from(']')]),
		(body) => Buffer.from(body.toString().replace(/"/g, "'")),
		(body) => Buffer.from(body.toString().replace(/"/g, '&quot;')),
		(body) => Buffer.from(body.toString().replace(/,/g, '')),
		(body) => Buffer.from(JSON.stringify(body.toString())),
		(body) => Buffer.from(body.toString(), 'utf16le'),
		(body) => Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), body]),
		(body) => Buffer.from(body.toString().replace(/"(\w+)":/, '"__proto__":')),
		(body) => Buffer.from(`{"constructor":${body.toString()},"toString":1}`),
		(body) => Buffer.from(`{"email":"a@b.example","x":${'['.repeat(500)}${body.toString()}`),
		() => nothing,
	),
);

const contentType = fc.constantFrom(
	...['application/json', 'application/json', 'application/json; charset=utf-8'],
	...['text/plain', 'text/plain; charset=utf-8', 'text/plain; charset=utf-8', 'text/html', ''],
	...['application/x-www-form-urlencoded', 'application/vnd.api+json', 'application/octet-stream'],
	...['APPLICATION/JSON', 'text/plain; charset="', 'multipart/form-data', '*/*'],
);
const secret = fc.oneof(
	{ weight: 3, arbitrary: fc.constant(SECRET) },
	{
		weight: 1,
		arbitrary: fc.constantFrom(
			...['', ' ', `${SECRET} `, ` ${SECRET}`, SECRET.slice(1), SECRET.slice(0, -1), `${SECRET}1`],
			...[
				SECRET.toUpperCase(),
				`${SECRET}, ${SECRET}`,
				`Bearer ${SECRET}`,
				'null',
				'[object Object]',
			],
		),
	},
	{ weight: 1, arbitrary: fc.string({ maxLength: 40 }).filter((text) => text !== SECRET) },
);
const flowId = fc.oneof(fc.constant('AbC123'), fc.constant(''), hostileText);

/** Sends mutated deliveries, one after another, and counts what became of each. */
export async function storm(count: number, seed: number): Promise<Storm> {
	const trigger = setUp();
	const result: Storm = {
		sent: 0,
		answered_422_by_n8n: 0,
		emitted: 0,
		emitted_repaired: 0,
		emitted_as_error: 0,
		refused_401: 0,
		answered_5xx: 0,
		thrown: 0,
		accepted_with_wrong_secret: 0,
		lost_with_right_secret: 0,
		wrong: [],
	};
	for (const delivery of deliveries(count, seed)) {
		result.sent++;
		const kind = isRefusedByN8n(delivery) ? 'answered_422_by_n8n' : await send(trigger, delivery);
		result[kind]++;
		if (/5xx|thrown|accepted|lost/.test(kind) && result.wrong.length < 5) {
			result.wrong.push(`${kind}: ${delivery.body.toString().slice(0, 500)}`);
		}
	}
	return result;
}

type Outcome = Exclude<keyof Storm, 'sent' | 'wrong'>;

async function send(trigger: ReturnType<typeof setUp>, delivery: Delivery): Promise<Outcome> {
	const answer = await callTrigger(trigger, delivery).catch(() => null);
	if (answer === null) return 'thrown';
	if (answer.status !== null && answer.status >= 500) return 'answered_5xx';
	if (!delivery.hasRightSecret) {
		return answer.status === 401 && answer.items.length === 0
			? 'refused_401'
			: 'accepted_with_wrong_secret';
	}
	const item = answer.items[0]?.json;
	if (answer.status !== null || item === undefined) return 'lost_with_right_secret';
	if (item.error !== undefined) {
		return typeof item.raw === 'string' ? 'emitted_as_error' : 'lost_with_right_secret';
	}
	return item.repaired === true ? 'emitted_repaired' : 'emitted';
}

/** n8n parses application/json before it looks for a node, and answers 422 when it can't. */
function isRefusedByN8n({ body, headers }: Delivery): boolean {
	if (!headers['content-type']!.toLowerCase().startsWith('application/json') || body.length === 0) {
		return false;
	}
	try {
		JSON.parse(body.toString());
		return false;
	} catch {
		return true;
	}
}

function deliveries(count: number, seed: number): Delivery[] {
	const compile = createCompiler();
	const templates = [
		...RECIPES.map((recipe) => bodyOf(recipe)),
		...PLAIN_BODIES,
		...PLAIN_BODIES,
	].map(compile);
	const entries = hostileEntries(count, seed);
	const changes = fc.sample(
		fc.record({
			mutations: fc.array(mutation, { minLength: 0, maxLength: 3 }),
			contentType,
			secret,
			flowId,
			unread: fc.boolean(),
		}),
		{ numRuns: count, seed },
	);
	return changes.map((change, index) => ({
		body: change.mutations.reduce<Buffer>(
			(body, mutate) => mutate(body),
			Buffer.from(renderBody(templates[index % templates.length]!, entries[index]!)),
		),
		headers: {
			'content-type': change.contentType,
			'x-klaviyo-flow-id': change.flowId,
			[HEADER]: change.secret,
		},
		hasRightSecret: change.secret === SECRET,
		unread: change.unread,
	}));
}
