import type { IDataObject } from 'n8n-workflow';

import { parseBlob } from './blob';
import { MAX_DEPTH } from '../../shared/event/jsonText';
import { traitsOf, type KeyTraits } from './keys';
import { isEmpty, isObject, setOnce, toNumber, withoutNul } from '../../shared/event/values';

type Value = IDataObject[string];

/**
 * What Klaviyo's templates leave behind where a value is missing: nothing, Python's None,
 * or the tag itself when it could not be rendered.
 */
const LEFTOVER = /^(?:None|null|undefined|\{\{[^]*\}\}|\{%[^]*%\})$/;
const MAY_BE_LEFTOVER = 'Nnu{';
const BASE64_TEXT = /^[A-Za-z0-9+/]*={0,2}$/;
/** Of texts or of objects. */
const LIST = /^\s*\[\s*\{?\s*['"]/;

/** Text without stray spaces; undefined for what a template leaves when it has no value. */
export function cleanText(text: string): string | undefined {
	const trimmed = withoutNul(text).trim();
	if (trimmed === '') return undefined;
	// Most texts are told apart by their first letter.
	return MAY_BE_LEFTOVER.includes(trimmed[0]!) && LEFTOVER.test(trimmed) ? undefined : trimmed;
}

/**
 * A copy of a body's object in which absent values are absent, `<key>_base64` holds its decoded
 * text under `<key>`, objects and lists written as text are objects and lists, and known numeric fields
 * are numbers. What lies deeper than `levels` is left out. Entries of lists keep their places.
 */
export function cleanObject(source: IDataObject, levels = MAX_DEPTH): IDataObject {
	const result: IDataObject = {};
	const encoded: Array<[key: string, text: string]> = [];
	for (const key of Object.keys(source)) {
		const value = source[key];
		const traits = traitsOf(key);
		if (typeof value !== 'string') setField(result, key, cleanNested(value, levels));
		else if (traits.encodedName === null) setField(result, key, cleanField(traits, value, levels));
		else encoded.push([key, value]);
	}
	for (const [key, text] of encoded) addDecoded(result, key, text, levels);
	return result;
}

/** Under the key without its suffix, but never in the place of what stands there by itself. */
function addDecoded(result: IDataObject, key: string, text: string, levels: number): void {
	const { encodedName, isEncodedList } = traitsOf(key);
	const name = encodedName!;
	const value = isEncodedList ? listOfEncoded(text) : cleanEncoded(traitsOf(name), text, levels);
	if (!Object.hasOwn(result, name)) setField(result, name, value);
	else if (result[name] !== value) setField(result, key, cleanText(text));
}

function setField(target: IDataObject, key: string, value: Value | undefined): void {
	if (value !== undefined) setOnce(target, withoutNul(key), value);
}

/** Undefined for an object of which nothing is left: it says nothing. */
function cleanNested(value: Value, levels: number): Value | undefined {
	const clean = cleanValue(value, levels);
	const isEmptied = isObject(clean) && isEmpty(clean) && !isEmpty(value as object);
	return isEmptied ? undefined : clean;
}

function cleanValue(value: Value, levels: number): Value | undefined {
	if (value === null || value === undefined) return undefined;
	if (typeof value === 'string') return cleanText(value);
	if (typeof value !== 'object') return value;
	if (levels <= 1) return undefined;
	if (!Array.isArray(value)) return cleanObject(value as IDataObject, levels - 1);
	return (value as Value[]).map((entry) => cleanValue(entry, levels - 1) ?? null) as Value;
}

function cleanField(traits: KeyTraits, value: string, levels: number): Value | undefined {
	const text = cleanText(value);
	if (text === undefined) return undefined;
	if (traits.isNumeric) return toNumber(text) ?? text;
	return (traits.mayHoldBlob ? cleanBlob(text, levels) : undefined) ?? text;
}

/** Text of a base64 field; plain text where the body's filter did nothing. */
function cleanEncoded(traits: KeyTraits, text: string, levels: number): Value | undefined {
	const held = decodeBase64(text);
	if (held === undefined) return cleanField(traits, text, levels);
	const decoded = withoutNul(held);
	// Decoded text is exactly what Klaviyo holds, so its spaces are kept; a missing value is blank or None.
	if (decoded.trim() === '' || decoded === 'None') return undefined;
	if (traits.isNumeric) return toNumber(decoded.trim()) ?? decoded;
	const isBlob = traits.isBlob || (traits.mayHoldBlob && LIST.test(decoded));
	return (isBlob ? cleanBlob(decoded, levels) : undefined) ?? decoded;
}

/**
 * What a template's loop wrote entry by entry, each with a comma behind it. A loop over a text gives its letters: they are
 * that text. What is none of it stays as it came.
 */
function listOfEncoded(text: string): Value | undefined {
	const pieces = text.split(',');
	const behind = pieces.pop()!.trim();
	const entries = pieces.map(decodeBase64);
	if (behind !== '' || entries.includes(undefined)) return cleanText(text);
	const known = entries.map((entry) =>
		entry === '' || entry === 'None' ? null : withoutNul(entry!),
	);
	if (known.every((entry) => entry === null)) return undefined;
	const areLetters = known.length > 1 && entries.every((entry) => [...entry!].length === 1);
	return areLetters ? entries.join('') : known;
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
