import { meterOf } from '../../../bench/meter';
import type { Instance } from '../../../sandbox/instance';
import type { N8nInstallation } from '../../../sandbox/n8n/cache';
import { arrived, deliver, publishPair, until } from '../../e2e/support/workflows';
import { wireAttacks, writeToSocket } from './wire';

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

/** Tries everything that a stranger can write to a published trigger. */
export async function sendStrangers(instance: Instance, installation: N8nInstallation): Promise<Strangers> {
	const { url, workflowId } = await publishPair(instance, { source: 'strangers' });
	const meter = meterOf(instance, installation);
	const attacks = wireAttacks(url, instance.secret);
	const answers: Record<string, number> = {};
	const accepted: string[] = [];
	let slowest_answer = { ms: 0, what: '' };
	const before = meter.residentMb();
	let peak = before;
	const sampling = setInterval(() => (peak = Math.max(peak, meter.residentMb())), SAMPLE_EVERY_MS);
	const waiting = [...attacks];
	const sender = async () => {
		for (let attack = waiting.shift(); attack !== undefined; attack = waiting.shift()) {
			const started = performance.now();
			const status = await writeToSocket(url, attack.bytes);
			const ms = Math.round(performance.now() - started);
			if (status !== null && ms > slowest_answer.ms) slowest_answer = { ms, what: attack.what };
			answers[status ?? 'none'] = (answers[status ?? 'none'] ?? 0) + 1;
			if (status !== null && status >= 200 && status < 300) accepted.push(attack.what);
		}
	};
	await Promise.all(Array.from({ length: AT_ONCE }, sender)).finally(() => clearInterval(sampling));

	const status = await deliver(instance, url, 1);
	await until(() => arrived(instance, 'strangers').length > 0, 'the honest delivery arrived');
	const executions = (await instance.client.executions(workflowId)).length;
	return {
		tried: attacks.length,
		accepted: Math.max(accepted.length, executions - 1),
		first_accepted: accepted.slice(0, 10),
		answers,
		slowest_answer,
		added_mb: Math.round(peak - before),
		honest: status === 200 && executions === 1,
	};
}
