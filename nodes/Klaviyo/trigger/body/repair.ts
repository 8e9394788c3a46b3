import { MAX_DEPTH, surveyJson } from '../../../shared/event/jsonText';
import { mendJson } from './mend';
import { readPythonLiteral } from '../../normalise/pythonLiteral';

/** Flow webhooks are some kB; mending megabytes would keep all other deliveries waiting. */
export const MAX_MENDED_LENGTH = 250_000;

/**
 * The value of a body that is no JSON, because Klaviyo pastes values into it as raw text; undefined when it
 * can't be told for certain what it says.
 */
export function repairJson(text: string): unknown {
	if (!/^\s*[{[]/.test(text)) return undefined;
	// A body that is nothing but `{{ event }}`.
	const literal = readPythonLiteral(text, 0, MAX_DEPTH);
	if (literal !== undefined && text.slice(literal.end).trim() === '') return literal.value;

	const mended = text.length > MAX_MENDED_LENGTH ? undefined : mendJson(text);
	return mended === undefined || surveyJson(mended).depth > MAX_DEPTH
		? undefined
		: JSON.parse(mended);
}
