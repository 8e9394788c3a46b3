/** An error of Klaviyo's API, told in one sentence that says what to do. */
export interface KlaviyoProblem {
	status: number;
	sentence: string;
	description?: string;
}

interface KlaviyoError {
	code?: string;
	detail?: string;
	source?: { pointer?: string; parameter?: string };
}

/**
 * Turns an answer that is no 2xx into a sentence. Shape: errors[]{code, title, detail, source}
 * (https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling).
 *
 * @param scopes what the operation needs, e.g. 'flows:write'
 */
export function explainProblem(status: number, body: unknown, scopes: string): KlaviyoProblem {
	const { errors } = (body ?? {}) as { errors?: KlaviyoError[] };
	const first = Array.isArray(errors) ? errors[0] : undefined;
	const where = first?.source?.pointer ?? first?.source?.parameter;
	const detail = [first?.detail, where === undefined ? undefined : `(${where})`]
		.filter((part) => part !== undefined)
		.join(' ');
	return {
		status,
		sentence: sentenceOf(status, detail, scopes),
		...(detail === '' ? {} : { description: detail }),
	};
}

function sentenceOf(status: number, detail: string, scopes: string): string {
	switch (status) {
		case 401:
			return 'Klaviyo does not know the key of the Klaviyo API credential. Copy the private key anew; it starts with pk_.';
		case 403:
			return /KDP/i.test(detail)
				? 'Klaviyo offers system webhooks only to accounts with Advanced KDP and to OAuth partners. Choose Klaviyo Flow under Receive From; a flow needs neither.'
				: `The key of the Klaviyo API credential lacks a scope: this needs ${scopes}. Make a key with it in Klaviyo under Settings, API Keys.`;
		case 404:
			return 'Klaviyo does not have what this asks for; it may have been deleted there.';
		case 410:
			return 'Klaviyo has ended the API revision that this version of the package uses. Update the package n8n-nodes-klaviyo-meiro.';
		case 429:
			return 'Klaviyo asks to slow down. Wait a minute, then publish again.';
		default:
			return status >= 500
				? `Klaviyo has a problem of its own (${status}). Publish again in some minutes.`
				: `Klaviyo refused the request (${status}): ${detail === '' ? 'without a reason' : detail}`;
	}
}
