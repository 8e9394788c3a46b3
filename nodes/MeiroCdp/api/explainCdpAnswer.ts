import { describeAnswer, type Answer } from '../../shared/http/answer';
import { ADDRESS_FIELDS, type MeiroApi } from './cdpAddress';

/** What to say of an answer that is no yes: what happened, and what to do. */
export interface Explanation {
	sentence: string;
	/** Meiro's own words, where they are not in the sentence. */
	description?: string;
}

/**
 * Explains a final answer. Meiro documents no general error body, so its words are passed on.
 *
 * @param feature what the user's role needs, in Meiro's terms, e.g. 'customer_events/create'
 *   (https://docs.meiro.dev/docs/api/meiro-cdp-api)
 */
export function explainAnswer(answer: Answer, api: MeiroApi, feature?: string): Explanation {
	const { label, example } = ADDRESS_FIELDS[api];
	const said = describeAnswer(answer);
	const { status } = answer;
	if (isWebPage(answer)) {
		// What stands in front of a server that is down often answers with a page of its own.
		if (status >= 500) return { sentence: `Meiro answered ${status} with a web page` };
		return {
			sentence: `A web page instead of data came back from the address in '${label}' (${status}). Check it against Meiro's documentation, e.g. ${example}`,
		};
	}
	const explained = (sentence: string): Explanation => ({ sentence, description: said });
	if (status >= 300 && status < 400) {
		return explained(
			`The address in '${label}' redirects elsewhere (${status}). Enter the address that it leads to; secrets are not sent on.`,
		);
	}
	if (status === 401) {
		return explained(
			api === 'cdp'
				? "Meiro does not accept the login or token of the Meiro CDP credential (401). Check 'Email' and 'Password'; a pasted 'Access Token' ends after 8 hours."
				: `Meiro does not accept the token of the Meiro CDP credential (401). Check 'Pipes API Token'.`,
		);
	}
	if (status === 403 && feature !== undefined) {
		return explained(
			`The role of this Meiro user lacks the feature '${feature}' (403). Ask who manages roles in your Meiro to add it.`,
		);
	}
	return status < 300
		? { sentence: `${said}, which is not the JSON expected here` }
		: { sentence: said };
}

function isWebPage({ headers, body }: Answer): boolean {
	return (
		/\btext\/html\b/i.test(String(headers['content-type'] ?? '')) ||
		(typeof body === 'string' && /^\s*<(!doctype|html)/i.test(body))
	);
}
