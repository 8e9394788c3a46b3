// All bodies, ways in and completions in every pair of dialects: lost, merged, wrong or doubled against the table of expected.ts.
// The worst of them again on a real n8n.
// Run: npm run test:dialects [-- --quick] [-- --n8n] [-- --report FILE]; --n8n plays nothing but the worst
import '../support/environment';
import '../faults/support/resolve';

import { parseArgs } from 'node:util';

import { conclude, none, type Check, type Findings } from '../faults/support/report';
import { ensureN8n } from '../../sandbox/n8n/cache';
import { BODIES } from './bodies';
import { dialectsInTurn, inShort, worstOf, type Dialects } from './combinations';
import { KNOWN, knownOf } from './expected';
import { FAULTS, type Fault } from './fault';
import { faultsIn } from './judge';
import { play, type Played } from './play';
import { startRealN8n } from './realN8n';

/** `--quick` takes the first of them; each holds new pairs, the first ones the most. */
const QUICK = 5;
/** How many of the worst are played on a real n8n. */
const ON_N8N = { full: 8, quick: 2 };
const SHOWN = 40;

interface Judged {
	dialects: Dialects;
	faults: Fault[];
}

async function main(): Promise<boolean> {
	const { values } = parseArgs({
		options: {
			quick: { type: 'boolean', default: false },
			n8n: { type: 'boolean', default: false },
			report: { type: 'string' },
		},
	});
	const all = dialectsInTurn(2);
	const findings: Record<string, Findings> = {};
	if (!values.n8n) findings.Dialects = await findingsAtEngine(all, values.quick);
	const worst = worstOf(all, values.quick ? ON_N8N.quick : ON_N8N.full);
	findings['Real n8n'] = await findingsOnN8n(worst);
	if (!values.quick && !values.n8n) {
		const told = Object.values(findings).flatMap(({ figures }) =>
			Object.keys(figures.told as object),
		);
		findings.Dialects!.checks.push(excusesCheck(told));
	}
	return conclude(findings, values.report);
}

async function findingsAtEngine(all: Dialects[], isQuick: boolean): Promise<Findings> {
	const chosen = isQuick ? all.slice(0, QUICK) : all;
	return await findingsOf(
		chosen,
		play,
		`${chosen.length} of the ${all.length} dialects that hold every pair of answers`,
	);
}

async function findingsOnN8n(worst: Dialects[]): Promise<Findings> {
	const installation = await ensureN8n(console.log);
	const n8n = await startRealN8n(installation);
	try {
		const which = `on n8n ${installation.version} the ${worst.length} dialects in which most of what is told can happen`;
		return await findingsOf(worst, n8n.play, which);
	} finally {
		await n8n.close();
	}
}

async function findingsOf(
	chosen: Dialects[],
	playOne: (dialects: Dialects) => Promise<Played[]>,
	which: string,
): Promise<Findings> {
	const started = Date.now();
	const judged: Judged[] = [];
	let events = 0;
	let combinations = 0;
	for (const dialects of chosen) {
		for (const played of await playOne(dialects)) {
			events += played.truths.length;
			combinations += BODIES.length;
			judged.push({ dialects, faults: faultsIn(played, dialects) });
		}
	}
	const seconds = Math.round((Date.now() - started) / 1000);
	const size = `${which}; with bodies, ways in and completion ${combinations} combinations, ${events} events, in ${seconds} s`;
	const { checks, figures, notes } = judgedInAll(judged, events);
	return {
		checks,
		figures: { ...figures, dialects: chosen.length, combinations, events, seconds },
		notes: [size, ...notes],
	};
}

/** What the table tells of and no dialect shows is no longer so. */
function excusesCheck(told: string[]): Check {
	const stale = KNOWN.filter((known) => !told.includes(known.told));
	return none('losses that are told and happen nowhere', stale.length, KNOWN.length);
}

function judgedInAll(judged: Judged[], events: number): Findings {
	const unexpected: Array<Fault & { dialects: Dialects }> = [];
	const told = new Map<string, number>();
	for (const { dialects: spoken, faults } of judged) {
		for (const fault of faults) {
			const known = knownOf(fault, spoken);
			if (known === undefined) unexpected.push({ ...fault, dialects: spoken });
			else told.set(known.told, (told.get(known.told) ?? 0) + 1);
		}
	}
	return {
		checks: FAULTS.map((kind) =>
			none(kind, unexpected.filter((fault) => fault.kind === kind).length, events),
		),
		figures: {
			told: Object.fromEntries(told),
			unexpected: groupsOf(unexpected),
		},
		notes: [
			...[...told].map(([sentence, count]) => `${count} × told: ${sentence}`),
			...groupsOf(unexpected).map(sentenceOf),
		],
	};
}

interface Group {
	count: number;
	/** The first of them. */
	fault: Fault;
	where: Record<string, string>;
}

/** Faults of one kind, body and way are one line, the commonest first. */
function groupsOf(faults: Array<Fault & { dialects: Dialects }>): Group[] {
	const groups = new Map<string, Group>();
	for (const { dialects, ...fault } of faults) {
		const { kind, body, way, hasSendersId } = fault;
		const key = JSON.stringify([kind, body, way, hasSendersId, fault.what.slice(0, 30)]);
		const group = groups.get(key) ?? { count: 0, fault, where: inShort(dialects) };
		groups.set(key, { ...group, count: group.count + 1 });
	}
	return [...groups.values()].sort((one, other) => other.count - one.count).slice(0, SHOWN);
}

function sentenceOf({ count, fault, where }: Group): string {
	const { kind, body, way, isCompleted, hasSendersId, what } = fault;
	const how = `${isCompleted ? ', completed' : ''}${hasSendersId ? ", with the sender's id" : ''}`;
	return `${count} × ${kind}: ${body} by ${way}${how}: ${what}; e.g. where ${JSON.stringify(where)}`;
}

// n8n-core keeps timers running, so the end has to be said.
main().then(
	(ok) => process.exit(ok ? 0 : 1),
	(error: unknown) => {
		console.error(error);
		process.exit(1);
	},
);
