import {
	isTriggerLikeNode,
	NodeOperationError,
	recordConsumedAuth,
	webhookDescriptionFields,
	type IHookFunctions,
} from 'n8n-workflow';

/**
 * A node can't read n8n's version. What came to n8n-workflow in a version can be looked for, though, and tells that n8n
 * is that version or a newer one. Found in the published packages n8n, n8n-core and n8n-workflow, and tried on every n8n of
 * sandbox/n8n/versions.json. CONTRIBUTING.md has the table.
 */
export const N8N = {
	/** A delivery is answered when its execution is saved, not before. n8n 2.8.0, with which `isTriggerLikeNode` came. */
	answersWhenSaved: typeof isTriggerLikeNode === 'function',
	/** How a webhook answers can be read from a parameter without an expression. n8n 2.35.0, the first that opens isolates for them. */
	readsParameters: typeof webhookDescriptionFields === 'function',
	/**
	 * `{ error, details }` goes to the error output. n8n 2.34.6 and 2.35.3; 2.36.0, with which `recordConsumedAuth` came,
	 * is the first that can be told.
	 */
	routesDetails: typeof recordConsumedAuth === 'function',
};

/** The packages that have the same nodes, the one with all of them first. Two of them may be there, but not beside the first. */
const COMBINED = 'n8n-nodes-klaviyo-meiro';
const SINGLE = ['n8n-nodes-klaviyo', 'n8n-nodes-meiro'];

/** Of n8n's list of nodes what is looked at: their types, e.g. 'n8n-nodes-klaviyo.klaviyoTrigger'. */
interface KnowsNodes {
	workflow?: { nodeTypes?: { getKnownTypes?: () => object } };
}

/**
 * For publishing, where a refusal is seen and costs no event.
 *
 * @throws NodeOperationError when this n8n can't keep what the nodes promise, or has another package with the same nodes
 */
export function refuseUnfitN8n(context: IHookFunctions, n8n: typeof N8N = N8N): void {
	if (!n8n.answersWhenSaved) {
		throw new NodeOperationError(
			context.getNode(),
			'This n8n answers Klaviyo before it has saved an event, so events could be lost. Update n8n to 2.20.12 or newer.',
		);
	}
	const others = packagesBeside(context);
	if (others.length === 0) return;
	const all = [COMBINED, ...others].join(' and ');
	throw new NodeOperationError(
		context.getNode(),
		`${all} are both installed and have the same credentials, so either could get those of the other. Uninstall ${COMBINED}, or the other: under Settings → Community nodes.`,
	);
}

function packagesBeside(context: IHookFunctions): string[] {
	// Not in the interface, and there in every n8n that was looked at.
	const known = Object.keys(
		(context as IHookFunctions & KnowsNodes).workflow?.nodeTypes?.getKnownTypes?.() ?? {},
	);
	const isThere = (name: string) => known.some((type) => type.startsWith(`${name}.`));
	return isThere(COMBINED) ? SINGLE.filter(isThere) : [];
}
