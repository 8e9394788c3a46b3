import { jsonrepair } from 'jsonrepair';

import { depthOf, MAX_DEPTH } from './depth';
import { mendTexts } from './mend';
import { readPythonLiteral } from './pythonLiteral';

/** Flow webhooks are some kB; mending megabytes would keep all other deliveries waiting. */
const MAX_LENGTH = 1_000_000;

/**
 * The value of a body that is no JSON, because Klaviyo pastes values into it as raw text; undefined when it
 * can't be told for certain what it says.
 */
export function repairJson(text: string): unknown {
	if (text.length > MAX_LENGTH || !/^\s*[{[]/.test(text)) return undefined;
	// A body that is nothing but `{{ event }}`.
	const literal = readPythonLiteral(text, 0, MAX_DEPTH);
	if (literal !== undefined && text.slice(literal.end).trim() === '') return literal.value;

	const mended = mendTexts(text);
	if (mended === undefined || depthOf(mended) > MAX_DEPTH) return undefined;
	return parsed(mended, (json) => json) ?? parsed(mended, jsonrepair);
}

function parsed(text: string, repair: (text: string) => string): unknown {
	try {
		return JSON.parse(repair(text));
	} catch {
		return undefined;
	}
}
