const ADDRESS = /^[^\s@<>:;,]+@[^\s@<>:;,]+$/;

/** Whether a text is one whole address, and neither 'mailto:ana@shop.example' nor a list of two. */
export function isEmailAddress(text: string): boolean {
	return ADDRESS.test(text);
}
