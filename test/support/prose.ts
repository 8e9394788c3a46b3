// What plain English is, as far as a rule can find it.

/** More than this is hard to read in one go (https://www.gov.uk/guidance/content-design/writing-for-gov-uk#short-sentences). */
export const MOST_WORDS = 25;

/** A verb before its subject, as questions have it: 'So is it', 'Only now does it', 'Under it stands the name'. */
const INVERTED = [
	/^(?:So|Nor|Neither|Never|Hardly|Rarely|Seldom|Not only|Only (?:now|then|here|there|after|when)[^,.]*?) (?:is|are|was|were|do|does|did|has|have|can|could|will|would|may|must) /,
	/^(?:Under|Behind|Beside|Below|Above|Among|Here|From|Into|Inside) (?:[^,.:;]{0,30} )?(?:stands?|lies?|comes?|goes|go) (?!by |for |from |in |on |to |with |back |out )/,
];

/** A text as its sentences; a colon, a semicolon and a line end one, too. HTML counts for nothing. */
export function sentencesOf(text: string): string[] {
	return text
		.replace(/<br ?\/?>/g, '. ')
		.replace(/<[^>]*>/g, '')
		.split(/(?<=[.:;?!…])["'’*)_]*\s+|\n/)
		.map((sentence) => sentence.trim())
		.filter((sentence) => sentence !== '');
}

/** What is wrong with a sentence, if anything a rule can find is. */
export function complaintsOf(sentence: string): string[] {
	const words = sentence.split(/\s+/).filter((word) => /[\p{L}\p{N}]/u.test(word)).length;
	const plain = sentence.replace(/^[*_"'‘“(]+/, '');
	return [
		...(words > MOST_WORDS ? [`${words} words: ${sentence}`] : []),
		...(INVERTED.some((order) => order.test(plain)) ? [`verb before subject: ${sentence}`] : []),
		...(/\bN8[nN]\b/.test(sentence) ? [`it is called n8n: ${sentence}`] : []),
	];
}
