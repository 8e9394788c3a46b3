import { MemoryCredentials, type TriggerSetup } from '../../engine/support/engine';

export const SECRET = 'a-long-enough-secret-1';
/** In lower case, as Node gives it. */
export const HEADER = 'x-klaviyo-secret';

let count = 0;

/** A trigger with a credential of its own. */
export function setUp(): TriggerSetup {
	return {
		credentials: new MemoryCredentials({
			klaviyoWebhookApi: { headerName: 'X-Klaviyo-Secret', secret: SECRET },
		}),
		credentialId: `faults-${count++}`,
	};
}
