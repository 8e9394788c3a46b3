import { refuse } from '../json';
import type { CdpAssumptions } from './types';

/** Query parameters; a repeated one arrives as an array. */
export type Query = Record<string, unknown>;

type Rules = Pick<CdpAssumptions, 'defaultOrder' | 'totalCountField'>;

const defaultLimit = 20;

/**
 * One page of a list, and the settings that made it
 * (https://docs.meiro.dev/docs/api/meiro-cdp-api: limit 20 unless told, newest first).
 * Throws HttpError 400 for settings that cannot be meant.
 */
export function selectPage<Row extends object>(
	rows: Row[],
	query: Query,
	rules: Rules,
): { page: Row[]; selection_settings: Record<string, unknown> } {
	const limit = toWhole(query, 'limit') ?? defaultLimit;
	const offset = toWhole(query, 'offset') ?? null;
	const orderBy = toText(query, 'order_by') ?? rules.defaultOrder.by;
	const orderDir = (toText(query, 'order_dir') ?? rules.defaultOrder.dir).toUpperCase();
	if (orderDir !== 'ASC' && orderDir !== 'DESC') refuse(400, 'order_dir must be ASC or DESC');
	const sample = rows[0];
	if (sample && !Object.hasOwn(sample, orderBy)) refuse(400, `Unknown order_by '${orderBy}'`);
	const showHidden = isSet(query, 'show_hidden');

	const visible = rows.filter((row) => showHidden || !(row as { is_hidden?: unknown }).is_hidden);
	const sign = orderDir === 'ASC' ? 1 : -1;
	const sorted = visible
		.map((row, index) => ({ row, key: keyOf(row, orderBy), index }))
		.sort((a, b) => sign * (compare(a.key, b.key) || a.index - b.index))
		.map(({ row }) => row);
	const start = offset ?? 0;
	return {
		page: sorted.slice(start, start + limit),
		selection_settings: {
			limit,
			offset,
			order_by: orderBy,
			order_dir: orderDir,
			show_hidden: showHidden,
			...(rules.totalCountField !== null && { [rules.totalCountField]: visible.length }),
		},
	};
}

/** A whole number of the query, or undefined. Throws HttpError 400. */
export function toWhole(query: Query, name: string): number | undefined {
	const text = toText(query, name);
	if (text === undefined) return undefined;
	if (!/^\d{1,9}$/.test(text)) refuse(400, `${name} must be a whole number`);
	return Number(text);
}

/** Text of the query, or undefined. Throws HttpError 400 when it was given more than once. */
export function toText(query: Query, name: string): string | undefined {
	const value = query[name];
	if (value === undefined || typeof value === 'string') return value;
	return refuse(400, `${name} must be given once`);
}

/** Values of a list in the query: repeated, with `[]`, or with commas; how is not documented. */
export function toList(query: Query, name: string): string[] {
	return [query[name], query[`${name}[]`]]
		.flat()
		.filter((value): value is string => typeof value === 'string')
		.flatMap((value) => value.split(','))
		.filter((value) => value !== '');
}

/** Whether a flag is 1. */
export function isSet(query: Query, name: string): boolean {
	return toText(query, name) === '1';
}

function keyOf(row: object, name: string): string | number {
	const value = (row as Record<string, unknown>)[name];
	return typeof value === 'number' ? value : String(value ?? '');
}

function compare(a: string | number, b: string | number): number {
	if (a === b) return 0;
	return a < b ? -1 : 1;
}
