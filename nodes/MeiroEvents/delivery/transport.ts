import {
	sleep as wait,
	type ICredentialsDecrypted,
	type IExecuteFunctions,
	type IN8nHttpFullResponse,
} from 'n8n-workflow';

import { bodyOf } from './batch';
import type { DeliverySettings, Transport } from './deliver';

export const MEIRO_CREDENTIAL = 'meiroEventsApi';

/** Sends through n8n's HTTP helper, with the credential's authentication. */
export function transport(context: IExecuteFunctions, credential: ICredentialsDecrypted): Transport {
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
		return { status: response.statusCode, headers: response.headers, body: response.body };
	};
}

/** Clock, randomness and a wait that ends when the execution is cancelled. */
export function runtimeOf(
	context: IExecuteFunctions,
): Pick<DeliverySettings, 'signal' | 'sleep' | 'now' | 'random'> {
	const signal = context.getExecutionCancelSignal();
	const cancelled = new Promise<void>((resolve) => {
		signal?.addEventListener('abort', () => resolve(), { once: true });
	});
	return {
		signal,
		sleep: async (ms) => await Promise.race([wait(ms), cancelled]),
		now: Date.now,
		random: Math.random,
	};
}
