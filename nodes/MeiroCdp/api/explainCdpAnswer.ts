import { describeAnswer, isWebPage, type Answer } from '../../shared/http/answer';
import { redirectSentence, type Explanation } from '../../shared/http/explanation';
import { ADDRESS_FIELDS, type MeiroApi } from './cdpAddress';

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
		return explained(redirectSentence(label, status));
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
