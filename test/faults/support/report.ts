import { writeFileSync } from 'node:fs';

import Table from 'cli-table3';

/** One thing that has to be so. */
export interface Check {
	name: string;
	/** Of how many the value is a count; absent where it is none. */
	tried?: number;
	value: number;
	wanted: string;
	ok: boolean;
}

/** What one part of the package showed. */
export interface Findings {
	checks: Check[];
	figures: Record<string, unknown>;
	/** Printed, not judged: a time says as much of the machine as of the code. */
	notes: string[];
	/** For the docs, by file name. */
	pictures?: Record<string, { title: string; svg: string }>;
}

export function none(name: string, value: number, tried?: number): Check {
	return { name, ...(tried === undefined ? {} : { tried }), value, wanted: '0', ok: value === 0 };
}

export function atMost(name: string, value: number, limit: number): Check {
	return { name, value, wanted: `<= ${limit}`, ok: value <= limit };
}

export function below(name: string, value: number, limit: number): Check {
	return { name, value, wanted: `< ${limit}`, ok: value < limit };
}

export function atLeast(name: string, value: number, limit: number): Check {
	return { name, value, wanted: `>= ${limit}`, ok: value >= limit };
}

/** Prints one table of all findings and writes them as JSON; tells whether all is as wanted. */
export function conclude(findings: Record<string, Findings>, file: string | undefined): boolean {
	const checks = Object.entries(findings).flatMap(([part, { checks: own }]) =>
		own.map((check) => ({ ...check, name: `${part}: ${check.name}` })),
	);
	const table = new Table({
		head: ['figure', 'tried', 'value', 'wanted', ''],
		style: { head: [], border: [] },
	});
	for (const { name, tried = '', value, wanted, ok } of checks) {
		table.push([name, tried, value, wanted, ok ? 'ok' : 'MISSED']);
	}

	const figures = Object.fromEntries(
		Object.entries(findings).map(([part, { figures: own }]) => [part, own]),
	);
	console.log(JSON.stringify(figures, null, 2));
	console.log(table.toString());
	for (const note of Object.values(findings).flatMap(({ notes }) => notes)) console.log(note);

	const ok = checks.every((check) => check.ok);
	if (file) writeFileSync(file, `${JSON.stringify({ ok, checks, ...figures }, null, '\t')}\n`);
	return ok;
}
