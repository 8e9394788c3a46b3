import type { FunctionsBase, ICredentialDataDecryptedObject } from 'n8n-workflow';

import type { WebhookSecret } from './authenticate';

export const WEBHOOK_CREDENTIAL = 'klaviyoWebhookApi';

export function secretOf(data: ICredentialDataDecryptedObject | undefined): WebhookSecret {
	return {
		headerName: String(data?.headerName ?? '').trim(),
		secret: String(data?.secret ?? ''),
		previousSecret: String(data?.previousSecret ?? ''),
	};
}

/** Reads the webhook secret from n8n's database. @throws when the credential is missing or can't be decrypted */
export async function loadSecret(
	context: Pick<FunctionsBase, 'getCredentials'>,
): Promise<WebhookSecret> {
	return secretOf(await context.getCredentials<ICredentialDataDecryptedObject>(WEBHOOK_CREDENTIAL));
}
