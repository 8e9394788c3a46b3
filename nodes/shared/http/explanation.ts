import { NodeApiError, type INode, type JsonObject } from 'n8n-workflow';

/** What to say of an answer that is no yes. */
export interface Explanation {
	/** What happened, and what to do. */
	sentence: string;
	/** The service's own words, where they are not in the sentence. */
	description?: string;
}

/** Not the answer itself: n8n would keep it, however large, and look for words of its own in it. */
export function apiErrorOf(
	node: INode,
	status: number,
	{ sentence, description }: Explanation,
): NodeApiError {
	return new NodeApiError(node, { message: sentence } as JsonObject, {
		message: sentence,
		description,
		httpCode: String(status),
	});
}

/** @param kept what is not sent on, e.g. 'secrets are' */
export function redirectSentence(field: string, status: number, kept = 'secrets are'): string {
	return `The address in '${field}' redirects elsewhere (${status}). Enter the address that it leads to; ${kept} not sent on.`;
}
