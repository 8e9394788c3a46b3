import type { IExecuteFunctions, IHookFunctions } from 'n8n-workflow';

import { undeliveredJson } from '../../../nodes/shared/delivery/errorOutput';
import { N8N, refuseUnfitN8n } from '../../../nodes/shared/n8nFeatures';

/** As publishing hands it to a trigger, in an n8n that has nodes of these types. */
function publishing(...types: string[]): IHookFunctions {
	return {
		getNode: () => ({ name: 'Klaviyo Trigger' }),
		workflow: {
			nodeTypes: { getKnownTypes: () => Object.fromEntries(types.map((type) => [type, {}])) },
		},
	} as unknown as IHookFunctions;
}

describe('publishing', () => {
	it('goes on in the n8n that this is built for', () => {
		expect(N8N).toEqual({ answersWhenSaved: true, readsParameters: true, routesDetails: true });
		expect(() => refuseUnfitN8n(publishing())).not.toThrow();
	});

	it('is refused where n8n answers before it has saved', () => {
		const old = { ...N8N, answersWhenSaved: false };
		expect(() => refuseUnfitN8n(publishing(), old)).toThrow(
			/answers Klaviyo before it has saved an event.*Update n8n to 2\.20\.12/,
		);
	});

	it.each(['n8n-nodes-klaviyo.klaviyoTrigger', 'n8n-nodes-meiro.meiroEvents'])(
		'is refused where the combined package stands beside that of %s, and says which to uninstall',
		(type) => {
			const both = publishing('n8n-nodes-klaviyo-meiro.klaviyoTrigger', type);
			expect(() => refuseUnfitN8n(both)).toThrow(type.split('.')[0]);
			expect(() => refuseUnfitN8n(both)).toThrow(/Uninstall n8n-nodes-klaviyo-meiro/);
		},
	);

	it.each([
		[['n8n-nodes-klaviyo-meiro.klaviyoTrigger', 'n8n-nodes-klaviyo-meiro.meiroEvents']],
		[['n8n-nodes-klaviyo.klaviyoTrigger', 'n8n-nodes-meiro.meiroEvents']],
		[['n8n-nodes-klaviyo-meiro.klaviyoTrigger', 'n8n-nodes-klaviyo-other.klaviyoTrigger']],
	])('goes on beside packages that share no credentials: %j', (types) => {
		expect(() => refuseUnfitN8n(publishing(...types))).not.toThrow();
	});

	it('goes on where n8n shows no list of nodes', () => {
		const context = { getNode: () => ({}) } as unknown as IHookFunctions;
		expect(() => refuseUnfitN8n(context)).not.toThrow();
	});
});

describe('what was not delivered', () => {
	const outcome = { status: 'failed', reason: 'Meiro said no.' };
	const node = (onError: string) => ({ getNode: () => ({ onError }) }) as IExecuteFunctions;

	it('goes to the error output in the shape that n8n routes', () => {
		const context = node('continueErrorOutput');
		expect(undeliveredJson(context, outcome)).toEqual({ error: outcome.reason, details: outcome });
		expect(undeliveredJson(context, outcome, { routesDetails: false })).toEqual({
			error: outcome.reason,
			message: outcome,
		});
	});

	it('goes on as it is elsewhere', () => {
		expect(undeliveredJson(node('continueRegularOutput'), outcome)).toEqual(outcome);
	});
});
