import type { N8nInstallation } from '../../sandbox/n8n/cache';
import { skippingChecks } from '../faults/outages';
import type { Findings } from '../faults/support/report';
import { playSharing, playSingles, type Skipping } from '../faults/support/skipping';
import { startQueue, usableServers } from './worlds';

export interface QueueSkipping {
	singles: Skipping;
	sharing: Skipping;
}

/** The same outage of Meiro as in `npm run test:faults`, with two workers that don't know what the other one has delivered. */
export async function playQueueSkipping(
	installation: N8nInstallation,
	rounds: number,
	say: (line: string) => void,
): Promise<QueueSkipping> {
	const servers = await usableServers(say);
	try {
		const world = await startQueue(installation, servers, { webhooks: 1, workers: 2 });
		try {
			const sharing = await playSharing(world);
			const { result: singles } = await playSingles(world, rounds);
			return { singles, sharing };
		} finally {
			await world.close();
		}
	} finally {
		await servers.close();
	}
}

export function judgeSkipping({ singles, sharing }: QueueSkipping): Findings {
	const share = ({ repeats, skipped }: Skipping) => `${skipped} of ${repeats}`;
	return {
		checks: [
			...skippingChecks('an execution each', singles),
			...skippingChecks('shared executions', sharing),
		],
		figures: { singles, sharing },
		notes: [
			`Accepted events that came again and were skipped: ${share(singles)} with an execution each, ${share(sharing)} with shared executions. A worker knows only what it has delivered itself; the others come twice, with the same event_id.`,
		],
	};
}
