const SIGNS: Record<string, string> = {
	'&amp;': '&',
	'&lt;': '<',
	'&gt;': '>',
	'&quot;': '"',
	'&#x27;': "'",
	'&#39;': "'",
};

/** The text that a template has printed with HTML entities, as Django does by itself: its `escape` filter. */
export function unescaped(text: string): string {
	return text.replace(/&(?:amp|lt|gt|quot|#x27|#39);/g, (entity) => SIGNS[entity]!);
}
