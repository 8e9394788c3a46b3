// The filters, and the printing of values, in which Klaviyo's dialects differ.
import type { KlaviyoDialect } from './dialect';
import { FILTERS, type TemplateFilter } from './filters';
import { pythonText } from './python';
import type { Json } from './types';
import { RenderError } from './types';

// A noncharacter before text that was marked by `safe`; a filter behind it makes it unsafe again (assumed).
const SAFE = '\uFDD4';

const ENTITIES: Record<string, string> = {
	'&': '&amp;',
	'<': '&lt;',
	'>': '&gt;',
	'"': '&quot;',
	"'": '&#x27;',
};

/** A value as a tag prints it. */
export function printed(
	value: Json,
	{ htmlEscaping }: Pick<KlaviyoDialect, 'htmlEscaping'>,
): string {
	const text = pythonText(value);
	if (htmlEscaping === 'off') return text;
	if (text.startsWith(SAFE)) return text.slice(SAFE.length);
	return text.replace(/[&<>"']/g, (sign) => ENTITIES[sign] ?? sign);
}

/** The filters to put in the place of those of the same name. */
export function dialectFilters(dialect: KlaviyoDialect): Record<string, TemplateFilter> {
	const base64 = (value: Json | undefined) => base64Encode(value, dialect);
	if (dialect.htmlEscaping === 'off') return { base64_encode: base64 };
	const unmarked: TemplateFilter = (value) =>
		typeof value === 'string' && value.startsWith(SAFE) ? value.slice(SAFE.length) : value;
	const all: Record<string, TemplateFilter> = { ...FILTERS, base64_encode: base64 };
	return {
		...Object.fromEntries(
			Object.entries(all).map(([name, filter]): [string, TemplateFilter] => [
				name,
				(value, argument) => filter(unmarked(value), argument),
			]),
		),
		safe: (value) => (value === undefined ? value : SAFE + pythonText(unmarked(value) ?? null)),
	};
}

/** @throws RenderError for what the dialect does not encode */
function base64Encode(
	value: Json | undefined,
	{ base64OfNone, base64OfNumbers, base64OfLists }: KlaviyoDialect,
): string {
	const isNone = value === undefined || value === null;
	const isNumber = typeof value === 'number' || typeof value === 'boolean';
	const isText = typeof value === 'string';
	const rule = isNone ? base64OfNone : isNumber ? base64OfNumbers : base64OfLists;
	if (!isText && rule === 'fails') {
		throw new RenderError(`base64_encode takes text, not ${JSON.stringify(value)}`);
	}
	// A missing value gives empty text; None is a value and gives the word (assumed).
	return value === undefined ? '' : Buffer.from(pythonText(value), 'utf8').toString('base64');
}
