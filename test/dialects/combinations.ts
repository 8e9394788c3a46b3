// Every pair of answers to the open questions of both sides, in as few combinations as a pairwise generator finds.
import { createRequire } from 'node:module';

import { KLAVIYO_QUESTIONS, type KlaviyoDialect } from '../../sandbox/klaviyo/dialect';
import { MEIRO_QUESTIONS, type MeiroDialect } from '../../sandbox/meiro/dialect';
import { KNOWN } from './expected';

type Row = Record<string, string>;

/** https://docs.walkframe.com/covertable: what is used of it. */
const { make, sorters } = createRequire(__filename)('covertable') as {
	make(
		factors: Record<string, string[]>,
		options: { length: number; sorter: unknown; seed: string },
	): Row[];
	sorters: { hash: unknown };
};

export interface Dialects {
	klaviyo: KlaviyoDialect;
	meiro: MeiroDialect;
}

const SEED = '20310203';

/** Always the same: all first answers, then every pair (`strength` 2) or every three of them (3). */
export function dialectsInTurn(strength: number): Dialects[] {
	const factors = { ...valuesOf(KLAVIYO_QUESTIONS), ...valuesOf(MEIRO_QUESTIONS) };
	const rows = make(factors, { length: strength, sorter: sorters.hash, seed: SEED });
	const first = Object.fromEntries(
		Object.entries(factors).map(([name, values]) => [name, values[0]!]),
	);
	return [first, ...rows].map((row) => ({
		klaviyo: chosen(row, KLAVIYO_QUESTIONS) as KlaviyoDialect,
		meiro: chosen(row, MEIRO_QUESTIONS) as MeiroDialect,
	}));
}

/** Only what is not the first answer. */
export function inShort({ klaviyo, meiro }: Dialects): Record<string, string> {
	const first = dialectsInTurn(1)[0]!;
	const usual: Record<string, string> = { ...first.klaviyo, ...first.meiro };
	return Object.fromEntries(
		Object.entries({ ...klaviyo, ...meiro }).filter(([name, value]) => value !== usual[name]),
	);
}

/** Those in which the most losses that are told can happen; among equals those with the most unusual answers. */
export function worstOf(all: Dialects[], count: number): Dialects[] {
	const badness = (dialects: Dialects) =>
		KNOWN.filter(({ happensIn }) => happensIn(dialects)).length * 1000 +
		Object.keys(inShort(dialects)).length;
	return [...all].sort((one, other) => badness(other) - badness(one)).slice(0, count);
}

type Questions = Record<string, { values: readonly string[] }>;

function valuesOf(questions: Questions): Record<string, string[]> {
	return Object.fromEntries(
		Object.entries(questions).map(([name, { values }]) => [name, [...values]]),
	);
}

function chosen(row: Record<string, string>, questions: Questions): Record<string, string> {
	return Object.fromEntries(Object.keys(questions).map((name) => [name, row[name]!]));
}
