/**
 * Texts that stand where an ID is not known. As an ID each of them would make one huge person, or one
 * event for ever, of all who have it
 * (https://docs.meiro.io/books/implementation/page/step-by-step-implementation-guide: "None", "0", "NULL").
 * docs/events.md lists the same kinds.
 */
export const PLACEHOLDERS = {
	/** What a program writes for nothing. */
	nothing: [
		...[
			'none',
			'(none)',
			'null',
			'(null)',
			'<null>',
			'nil',
			'undefined',
			'void',
			'nan',
			'infinity',
		],
		...[
			'[object object]',
			'[object null]',
			'[object undefined]',
			'empty',
			'(empty)',
			'blank',
			'-1',
		],
	],
	/** What a table or a form writes for nothing. */
	missing: [
		...['n/a', '#n/a', 'na', 'n.a.', 'not set', '(not set)', 'unset', 'not available'],
		...['not applicable', 'not provided', 'not specified', 'missing', 'tbd'],
	],
	/** Whoever is not known. */
	nobody: [
		...['guest', 'guest user', 'guest customer', 'guest checkout', 'anonymous', 'anonymous user'],
		...['anon', 'unknown', 'unknown user', 'unknown customer', 'nobody', 'no one', 'visitor'],
	],
	/** An answer to another question. */
	answer: ['true', 'false', 'yes', 'no', 'default'],
	/** The highest UUID, as nil stands below for the lowest. */
	limit: ['ffffffff-ffff-ffff-ffff-ffffffffffff'],
};

const WORDS: ReadonlySet<string> = new Set(Object.values(PLACEHOLDERS).flat());

const LONGEST_WORD = Math.max(...[...WORDS].map((word) => word.length));

/** A letter, or a digit other than 0, of any script: without one it is a dash, dots, nothing, 0, 0.00 or the nil UUID. */
const TELLING = /\p{L}|(?!0)\p{N}/u;

/** A variable of a template that nobody filled in: {{ person.id }}, {% … %}, ${id}, %recipient.id%, *|ID|*. */
const UNFILLED = /^(?:\{\{.*\}\}|\{%.*%\}|\$\{.*\}|%[\w.]+%|\*\|.*\|\*)$/s;

/**
 * Whether a text stands for nothing where an ID is expected.
 *
 * @param own further such texts, in lower case and trimmed
 */
export function isPlaceholder(text: string, own?: ReadonlySet<string>): boolean {
	const trimmed = text.trim();
	if (!TELLING.test(trimmed)) return true;
	if (trimmed.length <= LONGEST_WORD && WORDS.has(trimmed.toLowerCase())) return true;
	return UNFILLED.test(trimmed) || own?.has(trimmed.toLowerCase()) === true;
}
