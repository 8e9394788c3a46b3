import type { ICredentialsDecrypted, IExecuteFunctions, IN8nHttpFullResponse } from 'n8n-workflow';

import { hiding } from '../../shared/http/secrets';
import { bodyOf } from './batch';
import type { Transport } from './deliver';
import { secretsOf } from './target';

export const MEIRO_CREDENTIAL = 'meiroEventsApi';

/** Sends through n8n's HTTP helper, with the credential's authentication. */
export function transport(
	context: IExecuteFunctions,
	credential: ICredentialsDecrypted,
): Transport {
	const hide = hiding(secretsOf(credential.data ?? {}));
	return async (request) => {
		const response = (await context.helpers.httpRequestWithAuthentication.call(
			context,
			MEIRO_CREDENTIAL,
			{
				method: 'POST',
				url: request.url,
				body: bodyOf(request),
				json: true,
				timeout: request.target.timeoutMs,
				// A redirect would carry the credential to an address that nobody entered.
				disableFollowRedirect: true,
				returnFullResponse: true,
				ignoreHttpStatusErrors: true,
			},
			// Passed on decrypted: n8n would otherwise read and decrypt it for every request.
			{ credentialsDecrypted: credential },
		)) as IN8nHttpFullResponse;
		return { status: response.statusCode, headers: response.headers, body: hide(response.body) };
	};
}
