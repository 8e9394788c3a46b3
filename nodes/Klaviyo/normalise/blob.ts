import { unescaped } from './htmlEntities';
import { parseJson, surveyJson } from '../../shared/event/jsonText';
import { readPythonLiteral } from './pythonLiteral';

const STARTS_PYTHON = /^\s*[{[][\s{[]*'/;
const STARTS_ESCAPED = /^\s*[{[][\s{[]*&(?:#x27|#39|apos|quot|#34|#x22);/;
const FIRST_PRINTABLE = 0x20;

/**
 * The object or list that stands in a text, written as JSON or as Python prints it: `"{{ event }}"`
 * arrives as "{'ProductName': 'Desk Lamp', 'InStock': True}", with HTML entities where the template writes these.
 *
 * @returns undefined when the text is anything else, or nested deeper than `maxDepth`
 */
export function parseBlob(given: string, maxDepth: number): object | undefined {
	const first = given.trimStart()[0];
	if (first === '"') return parseQuoted(given, maxDepth);
	if (first !== '{' && first !== '[') return undefined;
	const text = STARTS_ESCAPED.test(given) ? unescaped(given) : given;
	return (
		(STARTS_PYTHON.test(text) ? undefined : jsonBlob(text, maxDepth)) ?? pythonBlob(text, maxDepth)
	);
}

/** JSON that was written as JSON once more: a text of one. */
function parseQuoted(given: string, maxDepth: number): object | undefined {
	try {
		return parseBlob(JSON.parse(given) as string, maxDepth);
	} catch {
		return undefined;
	}
}

function jsonBlob(text: string, maxDepth: number): object | undefined {
	const survey = surveyJson(text);
	if (survey.depth > maxDepth) return undefined;
	try {
		return parseJson(text, survey) as object;
	} catch {
		return undefined;
	}
}

/**
 * Where Klaviyo pasted the literal raw between the quotes, reading the body as JSON has already taken one
 * level of backslashes away. That is so for certain when something is left that Python never prints; where
 * it is not certain, `mayHaveLostBackslashes` has told of it.
 */
function pythonBlob(text: string, maxDepth: number): object | undefined {
	const asPasted = () =>
		wholeLiteral(JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"'), maxDepth);
	const asRead = () => wholeLiteral(text, maxDepth);
	if (hasControlCharacters(text) || !isPrintedByPython(text)) return asPasted() ?? asRead();
	return asRead() ?? (text.includes('\\') ? asPasted() : undefined);
}

function wholeLiteral(text: string, maxDepth: number): object | undefined {
	const literal = readPythonLiteral(text, 0, maxDepth);
	if (literal === undefined || text.slice(literal.end).trim() !== '') return undefined;
	return literal.value as object;
}

function hasControlCharacters(text: string): boolean {
	for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) < FIRST_PRINTABLE) return true;
	return false;
}

const PRINTED_ESCAPE = /\\(?:[\\nrt']|x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8}))/g;
/** https://docs.python.org/3/library/stdtypes.html#str.isprintable */
const UNPRINTABLE = /^[\p{C}\p{Z}]$/u;

/** Whether all backslashes are such as repr() writes: before what is a quote or a backslash, or can't be seen. */
function isPrintedByPython(text: string): boolean {
	if (!text.includes('\\')) return true;
	const rest = text.replace(PRINTED_ESCAPE, (escape, x?: string, u?: string, U?: string) => {
		const hex = x ?? u ?? U;
		const point = hex === undefined ? 0 : parseInt(hex, 16);
		return point <= 0x10ffff && UNPRINTABLE.test(String.fromCodePoint(point)) ? '' : escape;
	});
	return !rest.includes('\\');
}

const PASTED_LITERAL = /[:[,]\s*"\s*[{[][\s{[]*(?:'|&(?:#x27|#39|apos);)/;
const ESCAPE_OF_PYTHON = /\\\\(?:[\\nrt'xuU]|&(?:#x27|#39|apos);)/;

/**
 * Whether a body holds a literal between quotes whose backslashes can be read in two ways: `C:\\new` is a
 * folder where Klaviyo pasted it raw, and two lines where it was written as JSON.
 */
export function mayHaveLostBackslashes(json: string): boolean {
	return json.includes('\\\\') && ESCAPE_OF_PYTHON.test(json) && PASTED_LITERAL.test(json);
}
