const quote = '"';

/**
 * Reads CSV as it arrives, one row at a time, by RFC 4180: fields may be quoted, a quoted field may
 * hold commas, line breaks and doubled quotes; lines end with CRLF or LF.
 * Throws SyntaxError for a quote where none may stand or one that never ends.
 */
export async function* readCsv(chunks: AsyncIterable<string>): AsyncGenerator<string[]> {
	let row: string[] = [];
	let field = '';
	// 'quoted': inside quotes; 'closing': just behind a quote that may be the last or half of a pair.
	let state: 'start' | 'plain' | 'quoted' | 'closing' = 'start';
	let line = 1;
	let afterReturn = false;

	for await (const chunk of chunks) {
		let at = 0;
		while (at < chunk.length) {
			if (state === 'quoted') {
				const end = chunk.indexOf(quote, at);
				const part = chunk.slice(at, end < 0 ? chunk.length : end);
				field += part;
				line += countLines(part);
				at += part.length + 1;
				if (end >= 0) state = 'closing';
				continue;
			}
			const char = chunk.charAt(at);
			at += 1;
			if (afterReturn && char !== '\n') {
				throw new SyntaxError(`Line ${line}: a return without a line feed`);
			}
			if (char === quote) {
				if (state === 'plain') throw new SyntaxError(`Line ${line}: a quote inside a plain field`);
				if (state === 'closing') field += quote;
				state = 'quoted';
			} else if (char === ',') {
				row.push(field);
				field = '';
				state = 'start';
			} else if (char === '\n') {
				afterReturn = false;
				line += 1;
				// An empty line is the end of the file or nothing at all, never a row of one empty field.
				if (row.length > 0 || field !== '' || state === 'closing') yield [...row, field];
				row = [];
				field = '';
				state = 'start';
			} else if (char === '\r') {
				afterReturn = true;
			} else {
				if (state === 'closing') throw new SyntaxError(`Line ${line}: text behind a quoted field`);
				field += char;
				state = 'plain';
			}
		}
	}
	if (state === 'quoted') throw new SyntaxError(`Line ${line}: a quoted field never ends`);
	if (row.length > 0 || field !== '' || state === 'closing') yield [...row, field];
}

function countLines(text: string): number {
	return text.split('\n').length - 1;
}
