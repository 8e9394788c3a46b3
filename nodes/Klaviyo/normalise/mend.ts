import { MAX_DEPTH } from './depth';
import { readPythonLiteral } from './pythonLiteral';

/**
 * Rewrites the text of a body into which a template pasted values raw, so that every text is a proper JSON
 * string. The body's own quotes are told from those inside a value by what follows: a value ends where the
 * rest of the body goes on as a body does, with a comma and the next key, or with brackets up to the end.
 * What is no text, such as None or a missing number, is left for `jsonrepair`.
 *
 * @returns undefined for a body that ends too early, or goes on after its end: a half or a second event is
 * never made up
 */
export function mendTexts(text: string): string | undefined {
	return new Mender(text).mend();
}

/** A dict literal inside a value is tried this often; what pastes more of them is no template. */
const MAX_LITERALS = 100;

const SPACE = /\s*/y;
const REST = /[\s,;\]}]*$/y;
const KEY_IN_DOUBLE_QUOTES = /"(?:[^"\\\n]|\\.){1,200}"\s*:/y;
const KEY_IN_SINGLE_QUOTES = /'(?:[^'\\\n]|\\.){1,200}'\s*:/y;
const BARE_KEY = /[A-Za-z_$][\w$]{0,199}\s*:/y;
const VALUE_START = /["'{[\d\-tfnTFN]/;
const PYTHON_START = /[{[][\s{[]*'/y;
/** What JSON or `jsonrepair` read by themselves. */
const BARE_VALUE = /^(?:true|false|null|None|True|False|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)$/;
const UNRENDERED = /\{\{[^{}]*\}\}|\{%[^{}]*%\}/y;

class Mender {
	private at = 0;
	/** Closing brackets that are due, the innermost last. */
	private readonly due: string[] = [];
	private out = '';
	private literals = 0;
	private readonly key: RegExp;

	constructor(private readonly text: string) {
		const first = /^\s*\[?\s*\{\s*(.)/.exec(text)?.[1];
		this.key =
			first === "'" ? KEY_IN_SINGLE_QUOTES : first === '"' ? KEY_IN_DOUBLE_QUOTES : BARE_KEY;
	}

	mend(): string | undefined {
		do {
			this.skipSpace();
			if (!this.step()) return undefined;
		} while (this.due.length > 0);
		return matchAt(REST, this.text, this.at) === undefined ? undefined : this.out;
	}

	/** One bracket, key, comma or value. */
	private step(): boolean {
		const char = this.text[this.at];
		if (char === undefined) return false;
		if (char === '}' || char === ']') return this.close(char);
		if (char === ',') return this.copy(1);
		if (this.due.at(-1) !== '}') return this.value();
		const key = matchAt(this.key, this.text, this.at);
		if (key === undefined) return false;
		this.copy(key.length);
		this.skipSpace();
		return this.value();
	}

	private close(bracket: string): boolean {
		return this.due.pop() === bracket && this.copy(1);
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
		return this.due.length <= MAX_DEPTH && this.copy(1);
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
		for (let end = this.text.indexOf(quote, start); end >= 0; end = this.text.indexOf(quote, end + 1)) {
			if (this.goesOn(end + 1)) return this.writeText(start, end, quote);
		}
		return false;
	}

	/** A value whose tag stands without quotes: nothing, a number, a word of Python, or any text. */
	private bareText(): boolean {
		const ends = /[,}\]\n]/g;
		ends.lastIndex = this.at;
		for (let found = ends.exec(this.text); found !== null; found = ends.exec(this.text)) {
			if (!this.goesOn(found.index)) continue;
			const value = this.text.slice(this.at, found.index).trim();
			if (value === '') return this.write('null', found.index);
			return this.write(BARE_VALUE.test(value) ? value : JSON.stringify(value), found.index);
		}
		return false;
	}

	private literalAt(start: number): { value: unknown; end: number } | undefined {
		return this.literals++ < MAX_LITERALS ? readPythonLiteral(this.text, start, MAX_DEPTH) : undefined;
	}

	/** Whether the body goes on from here as it would behind a value. */
	private goesOn(from: number): boolean {
		let open = this.due.length;
		let at = this.spaceEnd(from);
		let isDirectlyBehind = true;
		while (this.text[at] === ',' || (open > 0 && this.text[at] === this.due[open - 1])) {
			isDirectlyBehind = false;
			if (this.text[at] !== ',') open--;
			else if (open > 0 && this.startsNext(this.spaceEnd(at + 1), open)) return true;
			at = this.spaceEnd(at + 1);
		}
		if (open === 0) return matchAt(REST, this.text, at) !== undefined;
		// A comma that was forgotten at the end of a line.
		return isDirectlyBehind && this.text.slice(from, at).includes('\n') && this.startsKey(at, open);
	}

	private startsNext(at: number, open: number): boolean {
		return this.due[open - 1] === ']' ? VALUE_START.test(this.text[at] ?? '') : this.startsKey(at, open);
	}

	private startsKey(at: number, open: number): boolean {
		return this.due[open - 1] === '}' && matchAt(this.key, this.text, at) !== undefined;
	}

	/** Escapes that the body itself wrote are read; where they are none, the text is what was pasted. */
	private writeText(start: number, end: number, quote: string): boolean {
		const pasted = this.text.slice(start, end);
		return this.write(quote === '"' && isJsonText(pasted) ? `"${pasted}"` : JSON.stringify(pasted), end + 1);
	}

	private write(mended: string, next: number): boolean {
		this.out += mended;
		this.at = next;
		return true;
	}

	private copy(length: number): boolean {
		return this.write(this.text.slice(this.at, this.at + length), this.at + length);
	}

	private skipSpace(): void {
		this.at = this.spaceEnd(this.at);
		this.out += ' ';
	}

	private spaceEnd(at: number): number {
		return at + (matchAt(SPACE, this.text, at)?.length ?? 0);
	}
}

function isJsonText(content: string): boolean {
	try {
		return typeof JSON.parse(`"${content}"`) === 'string';
	} catch {
		return false;
	}
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
	pattern.lastIndex = at;
	return pattern.exec(text)?.[0];
}
