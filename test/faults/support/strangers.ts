import { meterOf } from '../../../bench/meter';
import type { Instance } from '../../../sandbox/instance';
import type { N8nInstallation } from '../../../sandbox/n8n/cache';
import { arrived, deliver, publishPair, until } from '../../e2e/support/workflows';
import {
	flowAttacks,
	hostilePayloads,
	systemAttacks,
	writeToSocket,
	type WireAttack,
} from './wire';

export interface Strangers {
	tried: number;
	/** Answered with a 2xx, or started an execution. */
	accepted: number;
	first_accepted: string[];
	/** By status; 'none' where the connection was closed without one. */
	answers: Record<string, number>;
	/** Told, not judged: n8n parses JSON before any node runs. */
	slowest_answer: { ms: number; what: string };
	/** Resident memory of n8n above that before, at its highest while large and packed bodies came. */
	added_mb: number;
	/** Afterwards the right secret still starts the workflow. */
	honest: boolean;
}

const SAMPLE_EVERY_MS = 100;
/** Requests under way at once. */
const AT_ONCE = 4;

const TOPIC = 'event:api.placed_order';

/** Tries everything that a stranger can write to a published trigger, of a flow webhook and of a system webhook. */
export async function sendStrangers(
	instance: Instance,
	installation: N8nInstallation,
): Promise<Strangers> {
	const flow = await publishPair(instance, { source: 'strangers' });
	// Publishing registers it with the stand-in.
	const system = await publishPair(instance, {
		trigger: { setUp: 'systemWebhook', topics: [TOPIC] },
		source: 'strangers-system',
	});
	const payloads = hostilePayloads();
	// One after the other: the requests of one trigger alone are hundreds of megabytes.
	const rounds: Array<{ url: string; attacks: () => WireAttack[] }> = [
		{ url: flow.url, attacks: () => flowAttacks(flow.url, instance.secret, payloads) },
		{ url: system.url, attacks: () => systemAttacks(system.url, payloads) },
	];
	const meter = meterOf(instance, installation);
	const tally: Tally = { tried: 0, accepted: [], answers: {}, slowest_answer: { ms: 0, what: '' } };
	const before = meter.residentMb();
	let peak = before;
	const sampling = setInterval(() => (peak = Math.max(peak, meter.residentMb())), SAMPLE_EVERY_MS);
	try {
		for (const { url, attacks } of rounds) await sendAll(url, attacks(), tally);
	} finally {
		clearInterval(sampling);
	}

	const status = await deliver(instance, flow.url, 1);
	await until(() => arrived(instance, 'strangers').length > 0, 'the honest delivery arrived');
	const isSent = await sendHonest(instance, system.url);
	const executionsOf = async ({ workflowId }: Published) =>
		(await instance.client.executions(workflowId)).length;
	const started = [await executionsOf(flow), await executionsOf(system)];
	return {
		tried: tally.tried,
		// The honest delivery to each starts one.
		accepted: Math.max(tally.accepted.length, ...started.map((count) => count - 1)),
		first_accepted: tally.accepted.slice(0, 10),
		answers: tally.answers,
		slowest_answer: tally.slowest_answer,
		added_mb: Math.round(peak - before),
		honest: status === 200 && isSent && started.every((count) => count === 1),
	};
}

type Published = Awaited<ReturnType<typeof publishPair>>;

type Tally = Pick<Strangers, 'tried' | 'answers' | 'slowest_answer'> & { accepted: string[] };

async function sendAll(url: string, waiting: WireAttack[], tally: Tally): Promise<void> {
	tally.tried += waiting.length;
	const sender = async () => {
		for (let attack = waiting.shift(); attack !== undefined; attack = waiting.shift()) {
			const started = performance.now();
			const status = await writeToSocket(url, attack.bytes);
			const ms = Math.round(performance.now() - started);
			if (status !== null && ms > tally.slowest_answer.ms)
				tally.slowest_answer = { ms, what: attack.what };
			tally.answers[status ?? 'none'] = (tally.answers[status ?? 'none'] ?? 0) + 1;
			if (status !== null && status >= 200 && status < 300) tally.accepted.push(attack.what);
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, sender));
}

/** One delivery as Klaviyo signs it. @returns whether it was taken */
async function sendHonest({ klaviyo }: Instance, url: string): Promise<boolean> {
	const webhook = klaviyo.systemWebhooks().find(({ endpoint_url }) => endpoint_url === url);
	if (webhook === undefined) throw new Error(`Klaviyo has no system webhook for ${url}`);
	const deliveries = klaviyo.sendSystemEvents(webhook.id, [
		{ topic: TOPIC, profile_id: '01JZ0000000000000000000000' },
	]);
	await klaviyo.systemSettled();
	return (
		deliveries.length === 1 &&
		deliveries[0]!.status === 'sent' &&
		deliveries[0]!.attempts.length === 1
	);
}
