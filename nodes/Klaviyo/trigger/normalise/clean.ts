import type { IDataObject } from 'n8n-workflow';

type Value = IDataObject[string];

/**
 * What Klaviyo's templates leave behind where a value is missing: nothing, Python's None,
 * or the tag itself when it could not be rendered.
 */
const LEFTOVER = /^(?:|None|null|undefined|\{\{.*\}\}|\{%.*%\})$/s;

/** Fields that hold numbers whatever the body's quotes say. Compared by `keyOf`. */
const NUMERIC_KEYS = new Set([
	'value',
	'price',
	'itemprice',
	'compareatprice',
	'rowtotal',
	'linetotal',
	'lineprice',
	'subtotal',
	'taxtotal',
	'shippingtotal',
	'grandtotal',
	'totaldiscounts',
	'discountvalue',
	'orderedproductvalue',
	'quantity',
	'itemcount',
	'addeditemprice',
	'addeditemquantity',
	'rating',
	'score',
	'npsscore',
]);

const PLAIN_NUMBER = /^-?\d{1,15}(?:\.\d+)?$/;
const BASE64_SUFFIX = /[_ -]?(?:base64|b64)$/i;
const BASE64_TEXT = /^[A-Za-z0-9+/]*={0,2}$/;

/** The key without case, spaces and signs: 'Item Price', 'ItemPrice' and 'item_price' are one. */
export function keyOf(key: string): string {
	return key.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '');
}

/** Text without stray spaces; undefined for what a template leaves when it has no value. */
export function cleanText(text: string): string | undefined {
	const trimmed = text.trim();
	return LEFTOVER.test(trimmed) ? undefined : trimmed;
}

/**
 * A copy of a body's object in which absent values are absent, `<key>_base64` holds its decoded
 * text under `<key>`, and known numeric fields are numbers. The caller has bounded the depth.
 */
export function cleanObject(source: IDataObject): IDataObject {
	const result: IDataObject = {};
	for (const key of Object.keys(source)) {
		const [name, value] = cleanField(key, source[key]);
		// Assigning to __proto__ would change the copy's prototype instead of a field.
		if (value !== undefined && name !== '__proto__' && !Object.hasOwn(result, name)) {
			result[name] = value;
		}
	}
	return result;
}

function cleanField(key: string, value: Value): [string, Value | undefined] {
	if (typeof value === 'string' && BASE64_SUFFIX.test(key)) {
		const decoded = decodeBase64(value);
		// Decoded text is exactly what Klaviyo holds, so its spaces are kept.
		if (decoded !== undefined) {
			return [key.replace(BASE64_SUFFIX, ''), LEFTOVER.test(decoded) ? undefined : decoded];
		}
	}
	return [key, cleanValue(key, value)];
}

function cleanValue(key: string, value: Value): Value | undefined {
	if (value === null || value === undefined) return undefined;
	if (typeof value === 'string') {
		const text = cleanText(value);
		return text !== undefined && NUMERIC_KEYS.has(keyOf(key)) ? (toNumber(text) ?? text) : text;
	}
	if (Array.isArray(value)) {
		return (value as Value[])
			.map((entry) => cleanValue('', entry))
			.filter((entry) => entry !== undefined) as Value;
	}
	return typeof value === 'object' ? cleanObject(value as IDataObject) : value;
}

/** The number in a plain decimal text such as '41.50'; undefined for '$41.50', '1,50' and other words. */
export function toNumber(text: string): number | undefined {
	return PLAIN_NUMBER.test(text) ? Number(text) : undefined;
}

function decodeBase64(text: string): string | undefined {
	// Python's encoder may break lines every 76 characters.
	const compact = text.replace(/\s+/g, '');
	if (!BASE64_TEXT.test(compact) || compact.length % 4 !== 0) return undefined;
	const decoded = Buffer.from(compact, 'base64').toString('utf8');
	return decoded.includes('\uFFFD') ? undefined : decoded;
}
