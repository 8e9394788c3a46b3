// All bodies, ways in and completions in every pair of dialects: lost, merged, wrong or doubled against the table of expected.ts.
// Run: npm run test:dialects [-- --quick] [-- --report FILE]
import '../support/environment';
import '../faults/support/resolve';

import { parseArgs } from 'node:util';

import { conclude, none, type Check, type Findings } from '../faults/support/report';
import { BODIES } from './bodies';
import { dialectsInTurn, inShort, type Dialects } from './combinations';
import { KNOWN, knownOf } from './expected';
import { faultsIn, FAULTS, type Fault } from './judge';
import { play } from './play';

/** `--quick` takes the first of them; each holds new pairs, the first ones the most. */
const QUICK = 5;
const SHOWN = 40;

interface Judged {
	dialects: Dialects;
	faults: Fault[];
}

async function main(): Promise<boolean> {
	const { values } = parseArgs({
		options: {
			quick: { type: 'boolean', default: false },
			report: { type: 'string' },
		},
	});
	const all = dialectsInTurn(2);
	const chosen = values.quick ? all.slice(0, QUICK) : all;
	const judged: Judged[] = [];
	let events = 0;
	let combinations = 0;
	for (const dialects of chosen) {
		for (const played of await play(dialects)) {
			events += played.truths.length;
			combinations += BODIES.length;
			judged.push({ dialects, faults: faultsIn(played) });
		}
	}
	const size = `${chosen.length} of the ${all.length} dialects that hold every pair of answers; with bodies, ways in and completion ${combinations} combinations, ${events} events`;
	const findings = findingsOf(judged, events);
	if (!values.quick) findings.checks.push(excusesCheck(findings.figures.told));
	findings.notes.unshift(size);
	Object.assign(findings.figures, { dialects: chosen.length, combinations, events });
	return conclude({ Dialects: findings }, values.report);
}

/** What the table tells of and no dialect shows is no longer so. */
function excusesCheck(told: unknown): Check {
	const stale = KNOWN.filter((known) => !Object.hasOwn(told as object, known.told));
	return none('losses that are told and happen nowhere', stale.length, KNOWN.length);
}

function findingsOf(judged: Judged[], events: number): Findings {
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
		const { kind, way, hasSendersId } = fault;
		const key = JSON.stringify([kind, way, hasSendersId, fault.what.slice(0, 30)]);
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
