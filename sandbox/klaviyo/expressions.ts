// Django's expressions (`event.Items.0|lookup:'Name'|default:'x'`, `a and not b|lower == 'c'`)
// rewritten as liquidjs ones. Every name gets a prefix, and attributes go through the filter `at`:
// liquid's own magic (`size`, `first`, `empty`, `nil`) must not answer where Klaviyo would not.
import { FILTERS, NEEDS_ARGUMENT, TAKES_ARGUMENT } from './filters';
import { RenderError } from './types';

/** Put before every name a template uses. */
export const PREFIX = 'v_';

const CONSTANT = /^(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')/s;
const NUMBER = /^[-+]?\d+(?:\.\d+)?(?![\w.])/;
const VARIABLE = /^[\p{L}\p{N}_]+(?:\.[\p{L}\p{N}_]+)*/u;
const FILTER = /^\s*\|\s*(\w+)(:?)/;
const WORDS = /(?:[^\s'"]*(?:(?:"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')[^\s'"]*)+)|\S+/gs;

const FORLOOP: Record<string, string> = {
	counter: 'index',
	counter0: 'index0',
	revcounter: 'rindex',
	revcounter0: 'rindex0',
	first: 'first',
	last: 'last',
};

const COMPARISONS: Record<string, string> = {
	'==': 'eq',
	'!=': 'ne',
	'<': 'lt',
	'<=': 'le',
	'>': 'gt',
	'>=': 'ge',
	in: 'within',
	'not in': 'without',
	is: 'eq',
	'is not': 'ne',
};

/**
 * One filter expression as a liquid group, e.g. `(v_event | at: "Price" | floatformat: 2)`.
 * @throws RenderError where Django cannot parse it: `event.$value`, unknown filters, stray text.
 */
export function translateExpression(source: string): string {
	const head = readOperand(source, source, false);
	let { rest } = head;
	let out = head.liquid;
	while (rest !== '') {
		const match = FILTER.exec(rest);
		if (!match) throw cannotParse(rest, source);
		const [text, name = '', colon] = match;
		if (!Object.hasOwn(FILTERS, name)) throw new RenderError(`Invalid filter: '${name}'`);
		rest = rest.slice(text.length);
		out += ` | ${name}`;
		if (colon === ':') {
			if (!TAKES_ARGUMENT.has(name)) throw new RenderError(`${name} takes no argument`);
			const argument = readOperand(rest, source, true);
			out += `: ${argument.liquid}`;
			({ rest } = argument);
		} else if (NEEDS_ARGUMENT.has(name)) {
			throw new RenderError(`${name} requires an argument`);
		}
	}
	return `(${out})`;
}

/** The words of a tag, quoted text kept whole. */
export function splitWords(source: string): string[] {
	return source.match(WORDS) ?? [];
}

/**
 * The condition of an `if`, fully parenthesised with Django's precedence
 * (or < and < not < comparisons).
 * @throws RenderError on a broken condition.
 */
export function translateCondition(source: string): string {
	const words = joinPairs(splitWords(source));
	const out = readOr(words);
	if (words.length > 0) throw new RenderError(`Unused '${words[0]}' at end of if expression.`);
	return out;
}

/** A quoted text as liquid reads it back without loss. */
export function literal(text: string): string {
	return JSON.stringify(text);
}

interface Operand {
	liquid: string;
	rest: string;
}

function readOperand(text: string, source: string, isArgument: boolean): Operand {
	const constant = CONSTANT.exec(text);
	if (constant) {
		const value = (constant[1] ?? constant[2] ?? '').replace(/\\(["'\\])/g, '$1');
		return { liquid: literal(value), rest: text.slice(constant[0].length) };
	}
	const number = NUMBER.exec(text);
	if (number) {
		return { liquid: String(Number(number[0])), rest: text.slice(number[0].length) };
	}
	const variable = VARIABLE.exec(text);
	if (!variable) throw cannotParse(text, source);
	const [path] = variable;
	const liquid = translatePath(path);
	return {
		// Django looks an argument up without mercy: a missing one fails the whole body.
		liquid: isArgument ? `(${liquid} | required: ${literal(path)})` : liquid,
		rest: text.slice(path.length),
	};
}

function translatePath(path: string): string {
	const [root = '', ...keys] = path.split('.');
	if (path.startsWith('_') || path.includes('._')) {
		throw new RenderError(`Variables and attributes may not begin with underscores: '${path}'`);
	}
	if (root === 'forloop') {
		const known = FORLOOP[keys.join('.')];
		if (known === undefined) throw new RenderError(`the stand-in does not know '${path}'`);
		return `forloop.${known}`;
	}
	// Names in other scripts become code points: liquid knows ASCII names only.
	const name = root.replace(/[^A-Za-z0-9_]/gu, (char) => `_u${char.codePointAt(0)}_`);
	const start = `${PREFIX}${name}`;
	return keys.length === 0 ? start : `${start} | at: ${keys.map(literal).join(', ')}`;
}

function cannotParse(rest: string, source: string): RenderError {
	return new RenderError(`Could not parse the remainder: '${rest}' from '${source}'`);
}

// `not in` and `is not` are one operator each.
function joinPairs(words: string[]): string[] {
	const out: string[] = [];
	for (const word of words) {
		const pair = `${out.at(-1)} ${word}`;
		if (pair === 'not in' || pair === 'is not') out[out.length - 1] = pair;
		else out.push(word);
	}
	return out;
}

function readOr(words: string[]): string {
	let left = readAnd(words);
	while (words[0] === 'or') {
		words.shift();
		left = `(${left} | either: ${readAnd(words)})`;
	}
	return left;
}

function readAnd(words: string[]): string {
	let left = readNot(words);
	while (words[0] === 'and') {
		words.shift();
		left = `(${left} | both: ${readNot(words)})`;
	}
	return left;
}

function readNot(words: string[]): string {
	if (words[0] !== 'not') return readComparison(words);
	words.shift();
	return `(${readNot(words)} | negate)`;
}

function readComparison(words: string[]): string {
	let left = readTerm(words);
	for (;;) {
		const operator = COMPARISONS[words[0] ?? ''];
		if (operator === undefined) return left;
		words.shift();
		left = `(${left} | ${operator}: ${readTerm(words)})`;
	}
}

function readTerm(words: string[]): string {
	const word = words.shift();
	if (word === undefined) throw new RenderError('Unexpected end of expression in if tag.');
	if (word === 'and' || word === 'or' || word in COMPARISONS) {
		throw new RenderError(`Not expecting '${word}' in this position in if tag.`);
	}
	return translateExpression(word);
}
