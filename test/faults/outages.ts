import { startInstance } from '../../sandbox/instance';
import { ensureN8n } from '../../sandbox/n8n/cache';
import { atLeast, atMost, none, type Check, type Findings } from './support/report';
import { playSharing, playSingles, type Skipping } from './support/skipping';
import {
	playStopped,
	playTimedOutBefore,
	playTimeouts,
	type Canceled,
	type TimedOut,
} from './support/timeouts';

const ROUNDS = 10;
const LEAST_SKIPPED = 0.99;
/** 80 % of the time-out, and what n8n takes around the node. */
const LONGEST_S = 9;

/** Meiro is away for a while, on a real n8n: what is skipped, what is told, what n8n's own time-out costs. */
export async function outageFindings(scale: number): Promise<Findings> {
	const instance = await startInstance(await ensureN8n(console.log));
	try {
		const { n8n } = instance;
		const world = { instance, front: [n8n] };
		const sharing = await playSharing(world);
		const timeouts = await playTimeouts(instance);
		const canceled = [await playTimedOutBefore(instance), await playStopped(instance)];
		const { result: singles, sendAgain } = await playSingles(world, scale < 1 ? 1 : ROUNDS);
		await n8n.stop();
		await n8n.restart();
		const restarted = await sendAgain();
		return {
			checks: [
				...skippingChecks('an execution each', singles),
				...rememberedChecks('an execution each', singles),
				...skippingChecks('shared executions', sharing),
				...rememberedChecks('shared executions', sharing),
				none(
					'Skip Already Delivered: skipped right after a restart',
					restarted.skipped,
					restarted.sent,
				),
				...timeoutChecks(timeouts),
				...canceled.flatMap(canceledChecks),
			],
			figures: { singles, restarted, sharing, timeouts, canceled },
			notes: canceled.map(retryNote),
		};
	} finally {
		await instance.close();
	}
}

/** What holds wherever Skip Already Delivered runs. */
export function skippingChecks(what: string, { sent, lost, differing_ids }: Skipping): Check[] {
	return [
		none(`Skip Already Delivered, ${what}: lost`, lost, sent),
		none(`Skip Already Delivered, ${what}: events with two ids`, differing_ids, sent),
	];
}

/** What holds in one process alone. */
function rememberedChecks(what: string, { repeats, skipped }: Skipping): Check[] {
	const name = `Skip Already Delivered, ${what}: share of accepted events that is skipped when they come again`;
	return [{ ...atLeast(name, skipped / repeats, LEAST_SKIPPED), tried: repeats }];
}

function timeoutChecks(all: TimedOut[]): Check[] {
	const sum = (of: (one: TimedOut) => number) => all.reduce((total, one) => total + of(one), 0);
	const events = sum((one) => one.events);
	return [
		none(
			'Timeout Workflow, 30 % used up before the node: canceled',
			sum((one) => one.canceled),
		),
		none(
			'Timeout Workflow: told as delivered and not at Meiro',
			sum((one) => Math.max(0, one.told_delivered - one.at_meiro)),
			events,
		),
		none(
			'Timeout Workflow: told neither as delivered nor as failed',
			sum((one) => one.events - one.told_delivered - one.told_failed),
			events,
		),
		atMost(
			'Timeout Workflow of 10 s: seconds of the longest execution',
			Math.max(...all.map(({ seconds }) => seconds)),
			LONGEST_S,
		),
	];
}

function canceledChecks({
	during,
	events,
	executions,
	canceled,
	lost_before,
	lost_after_pinned,
}: Canceled): Check[] {
	const name = `ended while ${during} ran`;
	return [
		none(`${name}: executions that are not canceled`, executions - canceled, executions),
		none(`${name}: at Meiro before they are sent again`, events - lost_before, events),
		none(`${name}, what the trigger gave pinned and run by hand: lost`, lost_after_pinned, events),
	];
}

/** n8n's own doing, so told and not judged. */
function retryNote({ during, lost_before, lost_after_retry }: Canceled): string {
	return `Ended while ${during} ran: a retry by n8n’s API sent ${lost_before - lost_after_retry} of ${lost_before} events.`;
}
