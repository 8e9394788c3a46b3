/**
 * Deeper than any event (Klaviyo itself takes 10 levels), and far below the depth at which
 * writing the item to n8n's database would overflow the stack.
 */
export const MAX_DEPTH = 64;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Levels of brackets in a JSON text, found without recursion and before anything is built from it. */
export function depthOf(text: string): number {
	let depth = 0;
	let deepest = 0;
	let inString = false;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (inString) {
			if (code === BACKSLASH) i++;
			else if (code === QUOTE) inString = false;
		} else if (code === QUOTE) {
			inString = true;
		} else if (code === 0x7b || code === 0x5b) {
			if (++depth > deepest) deepest = depth;
		} else if (code === 0x7d || code === 0x5d) {
			depth--;
		}
	}
	return deepest;
}
