import type { IDataObject } from 'n8n-workflow';

import { parseBlob } from './blob';
import { MAX_DEPTH } from './depth';
import { traitsOf, type KeyTraits } from './keys';
import { setOnce, toNumber } from '../../shared/event/values';

type Value = IDataObject[string];

/**
 * What Klaviyo's templates leave behind where a value is missing: nothing, Python's None,
 * or the tag itself when it could not be rendered.
 */
const LEFTOVER = /^(?:None|null|undefined|\{\{[^]*\}\}|\{%[^]*%\})$/;
const MAY_BE_LEFTOVER = 'Nnu{';
const BASE64_TEXT = /^[A-Za-z0-9+/]*={0,2}$/;

/** Text without stray spaces; undefined for what a template leaves when it has no value. */
export function cleanText(text: string): string | undefined {
	const trimmed = text.trim();
	if (trimmed === '') return undefined;
	// Most texts are told apart by their first letter.
	return MAY_BE_LEFTOVER.includes(trimmed[0]!) && LEFTOVER.test(trimmed) ? undefined : trimmed;
}

/**
 * A copy of a body's object in which absent values are absent, `<key>_base64` holds its decoded
 * text under `<key>`, objects and lists written as text are objects and lists, and known numeric fields
 * are numbers. What lies deeper than `levels` is left out.
 */
export function cleanObject(source: IDataObject, levels = MAX_DEPTH): IDataObject {
	const result: IDataObject = {};
	for (const key of Object.keys(source)) {
		const value = source[key];
		const traits = traitsOf(key);
		const isEncoded = typeof value === 'string' && traits.encodedName !== null;
		const name = isEncoded ? traits.encodedName! : key;
		let clean: Value | undefined;
		if (typeof value !== 'string') clean = cleanValue(value, levels);
		else if (isEncoded) clean = cleanEncoded(traitsOf(name), value, levels);
		else clean = cleanField(traits, value, levels);
		if (clean !== undefined) setOnce(result, name, clean);
	}
	return result;
}

function cleanValue(value: Value, levels: number): Value | undefined {
	if (value === null || value === undefined) return undefined;
	if (typeof value === 'string') return cleanText(value);
	if (typeof value !== 'object') return value;
	if (levels <= 1) return undefined;
	if (!Array.isArray(value)) return cleanObject(value as IDataObject, levels - 1);
	const entries: Value[] = [];
	for (const entry of value as Value[]) {
		const clean = cleanValue(entry, levels - 1);
		if (clean !== undefined) entries.push(clean);
	}
	return entries as Value;
}

function cleanField(traits: KeyTraits, value: string, levels: number): Value | undefined {
	const text = cleanText(value);
	if (text === undefined) return undefined;
	if (traits.isNumeric) return toNumber(text) ?? text;
	return (traits.mayHoldBlob ? cleanBlob(text, levels) : undefined) ?? text;
}

/** Text of a base64 field; plain text where the body's filter did nothing. */
function cleanEncoded(traits: KeyTraits, text: string, levels: number): Value | undefined {
	const decoded = decodeBase64(text);
	if (decoded === undefined) return cleanField(traits, text, levels);
	// Decoded text is exactly what Klaviyo holds, so its spaces are kept; a missing value is '' or None.
	if (decoded === '' || decoded === 'None') return undefined;
	return (traits.isBlob ? cleanBlob(decoded, levels) : undefined) ?? decoded;
}

function cleanBlob(text: string, levels: number): Value | undefined {
	const blob = parseBlob(text, levels - 1);
	return blob === undefined ? undefined : cleanValue(blob as Value, levels);
}

/** Undefined for what is no base64 of UTF-8 text. */
function decodeBase64(text: string): string | undefined {
	// Python's encoder may break lines every 76 characters.
	const compact = text.replace(/\s+/g, '');
	if (compact.length % 4 !== 0 || !BASE64_TEXT.test(compact)) return undefined;
	const bytes = Buffer.from(compact, 'base64');
	const decoded = bytes.toString('utf8');
	// U+FFFD stands for bytes that are no UTF-8, unless Klaviyo's text holds the character itself.
	return decoded.includes('\uFFFD') && !Buffer.from(decoded, 'utf8').equals(bytes)
		? undefined
		: decoded;
}
