// A body with Django's tags rewritten as a liquidjs template. Klaviyo's limits hold here: a tag or
// filter that does not exist there fails, whatever liquid could have done with it.
import {
	literal,
	PREFIX,
	splitWords,
	translateCondition,
	translateExpression,
} from './expressions';
import { RenderError } from './types';

/** Delimiters that no text can hold (Unicode noncharacters), so plain text passes untouched. */
export const MARKS = {
	tagLeft: '\uFDD0',
	tagRight: '\uFDD1',
	outputLeft: '\uFDD2',
	outputRight: '\uFDD3',
};

// Django's own lexer: a tag never crosses a line end, everything else is text.
const TAG = /(\{%.*?%\}|\{\{.*?\}\}|\{#.*?#\})/;

type Block = 'if' | 'for';

/**
 * Rewrites a body. Tags known: if, elif, else, endif, for, empty, endfor, today
 * (`currency_format` is documented without its arguments, so it is refused).
 * @throws RenderError where Klaviyo would answer 400.
 */
export function translateTemplate(source: string): string {
	if (/[\uFDD0-\uFDD3]/.test(source)) throw new RenderError('the body holds noncharacters');
	const open: Block[] = [];
	const out = source.split(TAG).map((part, index) => {
		if (index % 2 === 0) return part;
		const content = part.slice(2, -2).trim();
		if (part.startsWith('{#')) return '';
		if (part.startsWith('{{')) return output(content);
		return tag(translateTag(content, open));
	});
	const unclosed = open.at(-1);
	if (unclosed !== undefined) throw new RenderError(`Unclosed tag '${unclosed}'`);
	return out.join('');
}

function output(content: string): string {
	if (content === '') throw new RenderError('Empty variable tag');
	return `${MARKS.outputLeft} ${translateExpression(content)} ${MARKS.outputRight}`;
}

function tag(content: string): string {
	return `${MARKS.tagLeft} ${content} ${MARKS.tagRight}`;
}

function translateTag(content: string, open: Block[]): string {
	const name = /^\S*/.exec(content)?.[0] ?? '';
	const rest = content.slice(name.length).trim();
	switch (name) {
		case 'if':
			open.push('if');
			return `if ${translateCondition(rest)} | truth`;
		case 'elif':
			expectBlock('if', name, open);
			return `elsif ${translateCondition(rest)} | truth`;
		case 'else':
			expectBlock('if', name, open);
			return 'else';
		case 'endif':
			expectBlock('if', name, open);
			open.pop();
			return 'endif';
		case 'for':
			open.push('for');
			return translateFor(rest);
		case 'empty':
			expectBlock('for', name, open);
			return 'else';
		case 'endfor':
			expectBlock('for', name, open);
			open.pop();
			return 'endfor';
		case 'today':
			return translateToday(rest);
		default:
			throw new RenderError(`Invalid block tag: '${name}'`);
	}
}

function expectBlock(block: Block, name: string, open: Block[]): void {
	if (open.at(-1) !== block) throw new RenderError(`Invalid block tag: '${name}'`);
}

function translateFor(rest: string): string {
	const [variable = '', word, collection = '', reversed, ...more] = splitWords(rest);
	const wellFormed =
		/^[A-Za-z]\w*$/.test(variable) &&
		word === 'in' &&
		collection !== '' &&
		(reversed === undefined || reversed === 'reversed') &&
		more.length === 0;
	if (!wellFormed) throw new RenderError(`'for' should look like 'for x in y': ${rest}`);
	const items = translateExpression(collection);
	return `for ${PREFIX}${variable} in (${items} | items)${reversed ? ' reversed' : ''}`;
}

// `{% today '%Y-%m-%d' as today %}`, in the account's time zone.
function translateToday(rest: string): string {
	const [format = '', as, variable = '', ...more] = splitWords(rest);
	const text = /^(['"])(.*)\1$/s.exec(format)?.[2];
	if (text === undefined || as !== 'as' || !/^[A-Za-z]\w*$/.test(variable) || more.length > 0) {
		throw new RenderError(`'today' should look like: today '%Y-%m-%d' as name (not: ${rest})`);
	}
	return `assign ${PREFIX}${variable} = now | date: ${literal(text)}, timezone`;
}
