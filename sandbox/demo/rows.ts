import { color } from 'listr2';

import type { ScenarioResult } from './scenario';

/** How far the row is, and where its workflow can be opened. */
export interface RowState {
	underWay: boolean;
	/** What shall have been delivered in the end. */
	expected: number;
	link?: string;
}

const NAME_WIDTH = 23;

const COLUMNS: Array<{
	head: string;
	width: number;
	cell(row: ScenarioResult, state: RowState): string;
}> = [
	{ head: 'Sent', width: 6, cell: ({ sent }) => String(sent) },
	{ head: 'Acknowledged', width: 13, cell: ({ acknowledged }) => String(acknowledged) },
	{ head: 'Executed', width: 9, cell: ({ executed }) => String(executed) },
	{ head: 'Delivered', width: 10, cell: ({ delivered }) => String(delivered) },
	// What Meiro has, whatever it answered.
	{ head: 'Stored', width: 7, cell: ({ stored }) => String(stored) },
	{ head: 'Duplicate', width: 10, cell: ({ duplicate }) => String(duplicate) },
	// What is still under way is not lost.
	{ head: 'Lost', width: 5, cell: ({ lost }, { underWay }) => (underWay ? '·' : String(lost)) },
	{
		head: 'Median',
		width: 9,
		cell: ({ median_ms }) => (median_ms === null ? '–' : `${median_ms} ms`),
	},
];

/** Of what a row takes beside its bar: indentation, sign, name and columns. */
const BESIDE_BAR = 98;

/** A bar that is filled up to `share`, which is between 0 and 1. */
export function bar(share: number, width: number): string {
	const full = Math.round(Math.min(1, Math.max(0, share)) * width);
	return `${color.green('█'.repeat(full))}${color.dim('░'.repeat(width - full))}`;
}

/** As wide as the screen allows. */
function barWidth(columns: number | undefined): number {
	return Math.min(24, Math.max(0, (columns ?? 100) - BESIDE_BAR));
}

/** How many of something are done, in words and as a bar. */
export function countLine(name: string, done: number, all: number, columns?: number): string {
	// The sign of a row is indented by two characters more than that of this line.
	return `${name} ${done}/${all}`.padEnd(NAME_WIDTH + 2) + bar(done / all, barWidth(columns));
}

/** The line above the rows: how many are done, and what stands in the columns. */
export function headLine(done: number, all: number, columns?: number): string {
	const heads = COLUMNS.map(({ head, width }) => head.padStart(width)).join('');
	return countLine('Templates', done, all, columns) + color.bold(heads);
}

/** One template's figures. */
export function rowLine(row: ScenarioResult, state: RowState, columns?: number): string {
	const share = row.delivered / Math.max(1, row.sent, state.underWay ? state.expected : 0);
	const cells = COLUMNS.map(({ width, cell }) => cell(row, state).padStart(width)).join('');
	const gap = ' '.repeat(Math.max(1, NAME_WIDTH - row.template.length));
	return `${linked(row.template, state.link)}${gap}${bar(share, barWidth(columns))}${cells}`;
}

/** A name that terminals which know links (OSC 8) open by a click; others show the name alone. */
function linked(name: string, link: string | undefined): string {
	return link === undefined || !process.stdout.isTTY
		? name
		: `\u001B]8;;${link}\u0007${name}\u001B]8;;\u0007`;
}
