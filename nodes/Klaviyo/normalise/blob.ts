import { depthOf } from './depth';
import { readPythonLiteral } from './pythonLiteral';

const STARTS_PYTHON = /^\s*[{[][\s{[]*'/;
const FIRST_PRINTABLE = 0x20;

/**
 * The object or list that stands in a text, written as JSON or as Python prints it: `"{{ event }}"`
 * arrives as "{'ProductName': 'Desk Lamp', 'InStock': True}".
 *
 * @returns undefined when the text is anything else, or nested deeper than `maxDepth`
 */
export function parseBlob(text: string, maxDepth: number): object | undefined {
	const first = text.trimStart()[0];
	if (first !== '{' && first !== '[') return undefined;
	return (
		(STARTS_PYTHON.test(text) ? undefined : parseJson(text, maxDepth)) ??
		parsePython(text, maxDepth)
	);
}

function parseJson(text: string, maxDepth: number): object | undefined {
	if (depthOf(text) > maxDepth) return undefined;
	try {
		return JSON.parse(text) as object;
	} catch {
		return undefined;
	}
}

/**
 * Where Klaviyo pasted the literal raw between the quotes, reading the body as JSON has already taken one
 * level of backslashes away; that is so for certain when line ends are left inside, which Python never prints.
 */
function parsePython(text: string, maxDepth: number): object | undefined {
	const asPasted = () =>
		wholeLiteral(JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"'), maxDepth);
	const asRead = () => wholeLiteral(text, maxDepth);
	if (hasControlCharacters(text)) return asPasted() ?? asRead();
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
