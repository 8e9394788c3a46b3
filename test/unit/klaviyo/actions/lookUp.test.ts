import type { ApiRequest, KlaviyoClient } from '../../../../nodes/Klaviyo/api/klaviyoClient';
import { lookUp } from '../../../../nodes/Klaviyo/actions/profile/lookUp';

/** A client whose Get Profile answers with another profile, as after a merge. */
function clientOf(asked: ApiRequest[], status: number): KlaviyoClient {
	return {
		request: async (request: ApiRequest) => {
			asked.push(request);
			return await Promise.resolve({ status, body: status === 200 ? { data: { id: 'NEW' } } : {} });
		},
		all: async () => await Promise.resolve([{ id: 'KNOWN' }]),
	} as unknown as KlaviyoClient;
}

describe('looking profiles up by Klaviyo ID', () => {
	it('tells into which profile one was merged', async () => {
		const found = await lookUp(clientOf([], 200), 'klaviyo_id', ['OLD'], {});
		expect(found.get('OLD')).toEqual({ resource: { id: 'NEW' }, mergedInto: 'NEW' });
	});

	it('asks again by itself for one that is not among the others', async () => {
		const asked: ApiRequest[] = [];
		const found = await lookUp(clientOf(asked, 404), 'klaviyo_id', ['KNOWN', 'a/b'], {});
		expect(found.get('KNOWN')).toEqual({ resource: { id: 'KNOWN' } });
		expect(found.get('a/b')).toEqual({ resource: null });
		expect(asked.map(({ path }) => path)).toEqual(['/api/profiles/a%2Fb']);
	});
});
