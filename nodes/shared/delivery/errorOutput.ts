import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { N8N } from '../n8nFeatures';

/**
 * What an item says that was not delivered. For the error output n8n goes by the shape: `error` with `details`, and no
 * item-level `error`, else it drops the rest or takes the branch of what went well. An n8n that does not know `details`
 * yet takes `message` in its place.
 *
 * @param outcome with `reason`, the sentence
 */
export function undeliveredJson(
	context: IExecuteFunctions,
	outcome: IDataObject,
	n8n: Pick<typeof N8N, 'routesDetails'> = N8N,
): IDataObject {
	if (context.getNode().onError !== 'continueErrorOutput') return outcome;
	return { error: outcome.reason, [n8n.routesDetails ? 'details' : 'message']: outcome };
}
