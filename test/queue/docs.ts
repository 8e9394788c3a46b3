import { growthTable, number, table } from '../../bench/docs';
import type { Machine } from '../../bench/report';
import type { CrashResult, Mode, Outcome } from './crash';
import type { Crashes } from './crashes';
import type { Load } from './load';
import { QUEUE, SINGLE } from './strikes';

export interface Report {
	machine: Machine;
	reduced: boolean;
	/** Put together from reports of parts. */
	inParts: boolean;
	/** Absent when only the crashes were played. */
	load?: Load;
	crashes: Crashes;
}

/** docs/reliability.md */
export function page({ machine, reduced, inParts, load, crashes }: Report): string {
	const command = `npm run test:queue -- ${inParts ? '--from … ' : reduced ? '' : '--full '}--docs`;
	return `# Reliability

What stays of an event when something is killed, measured on the real n8n ${machine.n8n}, alone and in queue mode. Written by \`${command}\`${inParts ? ' from the reports of parts' : reduced ? ', a reduced run' : ''},
on ${machine.cpus} × ${machine.model}, ${machine.memory_gb} GB. Sender, Meiro stand-in, PostgreSQL and Redis run on the same machine. n8n uses \`DB_POSTGRESDB_POOL_SIZE=10\` here; with the default of 2 and a busy machine the wait for a connection can
fail, with the same effect as a PostgreSQL that is away (below).

${unplayed(crashes)}## In short

- **Reply to Klaviyo: When the Workflow Has Finished** loses nothing in any case behind such a load balancer as below: Klaviyo sends again what was not acknowledged. Some events come twice, with the same \`event_id\`.
- **When the Event Is Saved** is faster. n8n does not run a saved execution again by itself after a kill. Most stay in the list of executions, where you retry them.
  Where n8n itself keeps nothing to retry, the tables show it:
${reasons()}
- Stopping a process with SIGTERM, as updates do, is no kill: n8n first finishes what it has begun, for up to 30 s (\`N8N_GRACEFUL_SHUTDOWN_TIMEOUT\`; Docker's \`stop_grace_period\` must be longer). What
  is not done by then is left as after a kill.
- **Put a load balancer in front that asks \`/healthz/readiness\`**, even before a single n8n. While n8n starts it listens already: it answers 200 (“n8n is starting up”) for a moment without taking
  anything, and then 404 to every webhook, after which Klaviyo drops an event for good. Both replies lose events then; the last row of the first tables shows how many. A load
  balancer also turns a broken connection to n8n into 502 or 503, after which Klaviyo sends again; what Klaviyo does when it gets no answer at all is not documented.
- **Let the load balancer turn 404 into 503** (in HAProxy \`http-response set-status 503 if { status 404 }\`). n8n answers 404 also for a moment after Redis came back, although the workflow is published; without the rule Klaviyo
  then drops the event.

## How it was played

Two workflows, Klaviyo Trigger → Meiro Events, one for each reply, get deliveries at the same time. A quarter into the load the strike falls. What was killed is started
again after 3 seconds. The sender sends again after 429, 500, 502, 503, a broken connection or none, as Klaviyo does, only sooner (at most 10 s apart instead of hours). It plays a load
balancer that asks for readiness and turns 404 into 503, except where a row says otherwise. Meiro answers each event after 250 ms, one at a time, so that every execution is in mid-delivery for a while.
Successful executions are not saved (\`EXECUTIONS_DATA_SAVE_ON_SUCCESS=none\`). In queue mode Redis keeps an append-only file, and n8n sees a dead worker sooner than by default
(\`QUEUE_WORKER_LOCK_DURATION=10000\`, \`QUEUE_WORKER_LOCK_RENEW_TIME=2000\`, \`QUEUE_WORKER_STALLED_INTERVAL=5000\`; by default it takes about two minutes).

How to read the tables: **delivered** are different events in Meiro when nothing more happened by itself. **In the list** is what n8n's list of executions shows then. After
that every one of these was retried, as the button does; **lost** is what Meiro never got. **Twice** are repeats, which all had the same \`event_id\`. With *When the Workflow Has
Finished* nothing is retried by hand: what the list shows there was not acknowledged, and the sender has sent it again.

## One n8n (SQLite)

### When the Event Is Saved

${outcomes(crashes.single, 'saved')}

### When the Workflow Has Finished

${outcomes(crashes.single, 'finished')}

## Queue mode (main, 2 webhook processes, 2 workers, PostgreSQL, Redis)

### When the Event Is Saved

${outcomes(crashes.queue, 'saved')}

### When the Workflow Has Finished

${outcomes(crashes.queue, 'finished')}

${crashes.queue.some(({ main_restarted }) => main_restarted) ? `After ${list(crashes.queue.filter(({ main_restarted }) => main_restarted))} executions stayed *running* although nobody ran them. n8n marks such executions as crashed when main starts, and every
\`N8N_EXECUTIONS_QUEUE_RECOVERY_INTERVAL\` minutes (180 by default; 5 is a better choice). Here main was started again.` : ''}

## How to retry

Open **Executions** of the workflow, filter by status *Error* and *Crashed*, open one, and choose **Retry with original workflow**. Over the API: \`POST /rest/executions/<id>/retry\`.
Retry what the list shows for *When the Event Is Saved* only. The whole execution starts from its first event that was not done, so some events come twice, with the same \`event_id\`; **Skip Already Delivered** of Meiro Events, and Meiro Pipes by
itself, drop them. An execution for which n8n says that it can't be retried has lost its events. Find out which by the webhook action's activity in Klaviyo, and what Meiro has of the same time.

## What a watch finds

Nothing above is silent when you watch the list of executions: each case that left something undelivered shows it there as *Crashed* or *Error*. Only what n8n was sent while it started is in no list
of n8n; Klaviyo shows a 404 as *Skipped* in the webhook action's activity, and the 200 as sent.

${load ? loadSection(load, machine) : ''}## Run it

\`npm run test:queue\` needs PostgreSQL and Redis installed (\`apt-get install postgresql redis-server\`). It measures on those that run on this machine, or that \`PGHOST\`, \`PGPORT\`, \`PGUSER\`, \`PGPASSWORD\`, \`REDIS_HOST\` and
\`REDIS_PORT\` name, and starts its own where there are none that let it in. It works in a database and with keys of its own, and drops both. What it kills are servers that it starts itself. \`--full\` plays larger numbers; \`--only load\`, \`--only crashes\` and
\`--case queue/worker_killed\` play a part; \`--report FILE\` writes JSON, and \`--from FILE\` (several times) puts reports of parts together.

Where n8n never answers (with *When the Workflow Has Finished*, after Redis lost what it had), the time-out of whatever stands before n8n decides. Let it answer 503 then: Klaviyo sends again after
429, 500, 502 and 503; 504 is not in its list. The sender here gives up after 90 s and sends again.

[sandbox/compose.yaml](../sandbox/compose.yaml) is the same set-up for Docker, with the recommended settings. It was not run here: only its services, ports and settings are compared with those of this test.
`;
}

/** So that nobody takes a part for the whole. */
function unplayed({ single, queue }: Crashes): string {
	const missing = [
		...SINGLE.filter(({ name }) => !single.some((one) => one.name === name)).map(({ what }) => `one n8n, ${what}`),
		...QUEUE.filter(({ name }) => !queue.some((one) => one.name === name)).map(({ what }) => `queue mode, ${what}`),
	];
	return missing.length === 0 ? '' : `**Not played in this run:** ${missing.join('; ')}.\n\n`;
}

function loadSection({ rates, growth, growth_cost_ratio }: Load, machine: Machine): string {
	return `## What n8n takes, by database and processes

The same workflow (Klaviyo Trigger → Meiro Events to Pipes), recommended settings, ${machine.cpus} cores for everything together. With all on the same two cores queue mode shows its cost, not its gain: it pays once there are more cores
or machines. Processor time is that of n8n alone.

${table(
	['Set-up', 'Events', 'Events/s', 'Slowest–fastest round', 'CPU ms per event', 'Events per core-second', 'Peak MB', 'Lost'],
	rates.map((row) => [
		row.what,
		number(row.events),
		number(row.events_per_second),
		row.spread.map(number).join('–'),
		number(row.cpu_ms_per_event),
		number(row.events_per_core_second),
		number(row.peak_rss_mb),
		number(row.lost),
	]),
)}

Cost as runs grow, in queue mode with 2 webhook processes and 2 workers:

${growthTable(growth)}

The last costs ${growth_cost_ratio} times the first per event; the aim is at most 1.2.

`;
}

function reasons(): string {
	return [...SINGLE, ...QUEUE]
		.filter(({ losesSaved }) => losesSaved !== undefined)
		.map(({ what, losesSaved }) => `  - ${what}: ${losesSaved}`)
		.join('\n');
}

function outcomes(results: CrashResult[], mode: Mode): string {
	return table(
		[
			...['Strike', 'Sent', 'Acknowledged', 'Delivered', 'In the list'],
			...(mode === 'saved' ? ['Retried', 'Can’t be retried'] : []),
			...['Lost', 'Twice'],
		],
		results.map((result) => row(result.what, result[mode], mode)),
	);
}

function row(what: string, outcome: Outcome, mode: Mode): string[] {
	const kept = Object.entries(outcome.kept).map(([status, count]) => `${number(count)} ${status}`);
	const { sent, acknowledged, delivered, retried, retries_refused, lost, dropped, duplicates } = outcome;
	return [
		what,
		number(sent),
		number(acknowledged),
		number(delivered),
		kept.join(', ') || 'nothing',
		...(mode === 'saved' ? [number(retried), number(retries_refused)] : []),
		lost === 0 ? '0' : `**${number(lost)}**${dropped > 0 ? `, ${number(dropped)} of them dropped by the sender` : ''}`,
		number(duplicates),
	];
}

function list(results: CrashResult[]): string {
	return results.map(({ what }) => `“${what}”`).join(' and ');
}
