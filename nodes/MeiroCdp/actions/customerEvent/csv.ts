import type { CustomerEvent } from './event';

/** Order of https://docs.meiro.dev/docs/api/meiro-cdp-api/create-customer-events; there is no header row. */
const COLUMNS = [
	'source_id',
	'type',
	'version',
	'user_identifier',
	'event_time',
	'payload',
] as const;

/** One row by RFC 4180: every field quoted, quotes inside doubled. */
export function csvRow(event: CustomerEvent): string {
	const fields = COLUMNS.map((column) => {
		const value = event[column];
		return typeof value === 'string' ? value : JSON.stringify(value);
	});
	return `${fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')}\r\n`;
}

/** Whether a row names the columns, which Meiro takes none of. */
export function isHeaderRow(row: Uint8Array): boolean {
	const names = new TextDecoder().decode(row.subarray(0, 200)).replace(/^\ufeff|["\s]/g, '');
	return names.toLowerCase() === COLUMNS.join(',');
}

const QUOTE = 0x22;
const LINE_FEED = 0x0a;

/**
 * Cuts the bytes of a CSV into rows, as they come in. A line break inside quotes ends no row; a doubled
 * quote opens and closes, so counting quotes is enough.
 */
export async function* rowsOf(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
	let isQuoted = false;
	let begun: Uint8Array[] = [];
	for await (const chunk of chunks) {
		let start = 0;
		for (let at = 0; at < chunk.length; at++) {
			if (chunk[at] === QUOTE) isQuoted = !isQuoted;
			if (chunk[at] !== LINE_FEED || isQuoted) continue;
			const rest = chunk.subarray(start, at + 1);
			yield begun.length === 0 ? rest : Buffer.concat([...begun, rest]);
			begun = [];
			start = at + 1;
		}
		if (start < chunk.length) begun.push(chunk.subarray(start));
	}
	if (begun.length > 0) yield Buffer.concat(begun);
}
