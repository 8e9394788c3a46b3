import { exactNumber, MAX_DEPTH } from '../../../shared/event/jsonText';
import { readPythonLiteral } from '../../normalise/pythonLiteral';

/** What mending has cost so far. */
export interface Effort {
	/** Characters looked at to find where values end, each as often as it was. */
	looks: number;
}

/**
 * The JSON of a body into which a template pasted values raw. The body's own quotes are told from those inside a
 * value by what follows: a value ends where the rest of the body goes on as a body does, with a comma and the next
 * key, or with brackets up to the end.
 *
 * @returns undefined for a body that ends too early, or goes on after its end: a half or a second event is
 * never made up; and for one that is made to take long
 */
export function mendJson(text: string, effort: Effort = { looks: 0 }): string | undefined {
	return new Mender(text, effort).mend();
}

/** Many times what any body needs that people or templates write. */
export const mostLooks = (length: number) => 20 * length + 10_000;
/** A dict literal inside a value is tried this often; what pastes more of them is no template. */
const MAX_LITERALS = 100;

const SPACE = /\s*/y;
const SPACES_AND_COMMAS = /[\s,]*/y;
const AFTER_THE_END = /[\s,;\]}]/;
const KEY_IN_DOUBLE_QUOTES = /"((?:[^"\\\n]|\\.){1,200})"/y;
const KEY_IN_SINGLE_QUOTES = /'((?:[^'\\\n]|\\.){1,200})'/y;
const BARE_KEY = /([A-Za-z_$][\w$]{0,199})/y;
const VALUE_START = /["'{[\d\-tfnTFNI]/;
const PYTHON_START = /[{[][\s{[]*'/y;
/** Of JSON and of Python, and what a tag without a value leaves. */
const WORDS = new Map(
	Object.entries({
		true: 'true',
		false: 'false',
		null: 'null',
		True: 'true',
		False: 'false',
		None: 'null',
		NaN: 'null',
		nan: 'null',
		Infinity: 'null',
		'-Infinity': 'null',
		'': 'null',
	}),
);
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/;
/** What may stand between the quotes of JSON. */
const JSON_TEXT = /^(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*$/;
const UNRENDERED = /\{\{[^{}]*\}\}|\{%[^{}]*%\}/y;

class Mender {
	private at = 0;
	/** Closing brackets that are due, the innermost last. */
	private readonly due: string[] = [];
	private out = '';
	/** Whether a value stands before this place in the same brackets. */
	private isNext = false;
	private literals = 0;
	/** Another body stands behind a place where this one may end. */
	private isFollowed = false;
	private readonly mostLooks: number;
	private readonly quote: string;
	private readonly key: RegExp;
	private readonly firstKey: string | undefined;
	/** From here on nothing follows but what may stand behind a body. */
	private readonly end: number;

	constructor(
		private readonly text: string,
		private readonly effort: Effort,
	) {
		this.mostLooks = mostLooks(text.length);
		this.quote = /^(?:\[\s*)?\{\s*(["'])/.exec(text.trimStart())?.[1] ?? '';
		this.key =
			this.quote === '"'
				? KEY_IN_DOUBLE_QUOTES
				: this.quote === "'"
					? KEY_IN_SINGLE_QUOTES
					: BARE_KEY;
		this.firstKey = this.firstKeyAt(this.spaceEnd(0));
		this.end = endOf(text);
	}

	mend(): string | undefined {
		do {
			this.at = this.spaceEnd(this.at);
			if (!this.step() || this.isFollowed) return undefined;
		} while (this.due.length > 0);
		return this.at < this.end ? undefined : this.out;
	}

	/** One bracket, comma, value, or key with its value. */
	private step(): boolean {
		const char = this.text[this.at];
		if (char === undefined) return false;
		if (char === '}' || char === ']') return this.close(char);
		// Commas are written where JSON has them, however many the body has.
		if (char === ',') return this.goTo(this.at + 1);
		if (this.isNext) this.out += ',';
		if (this.due.at(-1) !== '}') return this.value();
		const key = this.keyAt(this.at);
		if (key === undefined) return false;
		this.out += `${jsonText(key.name, this.quote)}:`;
		this.at = this.spaceEnd(key.end);
		return this.value();
	}

	private close(bracket: string): boolean {
		return this.due.pop() === bracket && this.write(bracket, this.at + 1);
	}

	private value(): boolean {
		const char = this.text[this.at];
		const unrendered = matchAt(UNRENDERED, this.text, this.at);
		if (unrendered !== undefined) return this.write('null', this.at + unrendered.length);
		if (char === '{' || char === '[') return this.pythonValue() || this.open(char);
		if (char === '"' || char === "'") return this.quotedText(char);
		return this.bareText();
	}

	private open(bracket: string): boolean {
		this.due.push(bracket === '{' ? '}' : ']');
		this.out += bracket;
		this.isNext = false;
		return this.due.length <= MAX_DEPTH && this.goTo(this.at + 1);
	}

	/** A dict or list as Python prints it, without quotes around. */
	private pythonValue(): boolean {
		if (matchAt(PYTHON_START, this.text, this.at) === undefined) return false;
		const literal = this.literalAt(this.at);
		if (literal === undefined || !this.goesOn(literal.end)) return false;
		return this.write(JSON.stringify(literal.value), literal.end);
	}

	private quotedText(quote: string): boolean {
		const start = this.at + 1;
		const literal = /[{[]/.test(this.text[start] ?? '') ? this.literalAt(start) : undefined;
		if (literal !== undefined && this.text[literal.end] === quote && this.goesOn(literal.end + 1)) {
			return this.writeText(start, literal.end, quote);
		}
		for (
			let end = this.text.indexOf(quote, start);
			end >= 0;
			end = this.text.indexOf(quote, end + 1)
		) {
			if (this.goesOn(end + 1)) return this.writeText(start, end, quote);
		}
		return false;
	}

	/** A value whose tag stands without quotes: nothing, a number, a word of Python, or any text. */
	private bareText(): boolean {
		const ends = /[,}\]\n]/g;
		ends.lastIndex = this.at;
		for (let found = ends.exec(this.text); found !== null; found = ends.exec(this.text)) {
			if (this.goesOn(found.index)) {
				return this.write(jsonOf(this.text.slice(this.at, found.index).trim()), found.index);
			}
			// Where the body does not go on from the first of many commas and blanks, it does from none of them.
			ends.lastIndex =
				found.index + (matchAt(SPACES_AND_COMMAS, this.text, found.index)?.length || 1);
		}
		return false;
	}

	private literalAt(start: number): { value: unknown; end: number } | undefined {
		return this.literals++ < MAX_LITERALS
			? readPythonLiteral(this.text, start, MAX_DEPTH)
			: undefined;
	}

	/** Whether the body goes on from here as it would behind a value. */
	private goesOn(from: number): boolean {
		if (this.effort.looks > this.mostLooks) return false;
		let open = this.due.length;
		let at = this.spaceEnd(from);
		/** The last comma or bracket that was passed. */
		let sign: string | undefined;
		while (this.text[at] === ',' || (open > 0 && this.text[at] === this.due[open - 1])) {
			sign = this.text[at];
			const next = this.spaceEnd(at + 1);
			if (sign !== ',') open--;
			else if (open > 0 && this.startsNext(next, open)) return true;
			at = next;
		}
		if (open === 0) {
			this.isFollowed ||= sign !== ',' && this.startsBody(at);
			return at >= this.end;
		}
		// A comma that was forgotten at the end of a line.
		return (
			sign === undefined && this.text.slice(from, at).includes('\n') && this.startsKey(at, open)
		);
	}

	private startsNext(at: number, open: number): boolean {
		return this.due[open - 1] === ']'
			? VALUE_START.test(this.text[at] ?? '')
			: this.startsKey(at, open);
	}

	/** A pasted text may look like a body: another one begins as this one does, or is whole by itself. */
	private startsBody(at: number): boolean {
		const key = this.firstKeyAt(at);
		if (key === undefined || key === this.firstKey) return key !== undefined;
		this.effort.looks += this.text.length - at;
		return isJson(this.text.slice(at));
	}

	private firstKeyAt(at: number): string | undefined {
		const inList = this.text[at] === '[' ? this.spaceEnd(at + 1) : at;
		return this.text[inList] === '{' ? this.keyAt(this.spaceEnd(inList + 1))?.name : undefined;
	}

	private startsKey(at: number, open: number): boolean {
		return this.due[open - 1] === '}' && this.keyAt(at) !== undefined;
	}

	/** A key, and where the text goes on behind its colon. */
	private keyAt(at: number): { name: string; end: number } | undefined {
		this.key.lastIndex = at;
		const name = this.key.exec(this.text)?.[1];
		if (name === undefined) return undefined;
		const colon = this.spaceEnd(this.key.lastIndex);
		return this.text[colon] === ':' ? { name, end: colon + 1 } : undefined;
	}

	private writeText(start: number, end: number, quote: string): boolean {
		return this.write(jsonText(this.text.slice(start, end), quote), end + 1);
	}

	/** Writes a value or its closing bracket. */
	private write(json: string, next: number): boolean {
		this.out += json;
		this.isNext = true;
		return this.goTo(next);
	}

	private goTo(at: number): boolean {
		this.at = at;
		return true;
	}

	private spaceEnd(at: number): number {
		SPACE.lastIndex = at;
		SPACE.test(this.text);
		this.effort.looks += SPACE.lastIndex - at + 1;
		return SPACE.lastIndex;
	}
}

/** Escapes that the body itself wrote are read; where they are none, and in what Python printed, they were pasted. */
function jsonText(pasted: string, quote: string): string {
	const hasOwnEscapes =
		quote === '"' && JSON_TEXT.test(pasted) && matchAt(PYTHON_START, pasted, 0) === undefined;
	return hasOwnEscapes ? `"${pasted}"` : JSON.stringify(pasted);
}

function jsonOf(bare: string): string {
	const isNumber = NUMBER.test(bare) && exactNumber(bare) !== undefined;
	return WORDS.get(bare) ?? (isNumber ? bare : JSON.stringify(bare));
}

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

function endOf(text: string): number {
	let end = text.length;
	while (end > 0 && AFTER_THE_END.test(text[end - 1]!)) end--;
	return end;
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
	pattern.lastIndex = at;
	return pattern.exec(text)?.[0];
}
