import type { AxiosInstance } from 'axios';

import type { KlaviyoOptions } from '../../sandbox/klaviyo';
import { startKlaviyo } from '../../sandbox/klaviyo';
import { clientOf } from '../../sandbox/klaviyo/api/example-client';
import { closeAll, HURRY, kept } from './klaviyo-receiver';

afterEach(closeAll);

async function startApi(options: KlaviyoOptions = {}) {
	const klaviyo = kept(await startKlaviyo({ ...HURRY, ...options }));
	return { klaviyo, api: clientOf(klaviyo.apiUrl) };
}

interface Page {
	data: Array<{
		id: string;
		attributes: { name: string; integration?: { id: string; name: string } };
	}>;
	links: { next: string | null; prev: string | null };
}

async function allPages(api: AxiosInstance, path: string): Promise<Page[]> {
	const pages: Page[] = [];
	for (let next: string | null = path; next !== null; next = pages.at(-1)?.links.next ?? null) {
		pages.push((await api.get<Page>(next)).data);
	}
	return pages;
}

describe('lists, segments and metrics', () => {
	it.each([
		['/api/lists', [10, 10, 3]],
		['/api/segments', [10, 2]],
		['/api/metrics', [200, 30]],
		['/api/lists?page[size]=8', [8, 8, 7]],
	])('%s comes in pages of %j', async (path, sizes) => {
		const { klaviyo, api } = await startApi();
		const pages = await allPages(api, path);
		expect(pages.map(({ data }) => data.length)).toEqual(sizes);
		const ids = pages.flatMap(({ data }) => data.map(({ id }) => id));
		expect(new Set(ids).size).toBe(ids.length);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('has a previous link on the first page, and it leads nowhere', async () => {
		const { api } = await startApi();
		const [first] = await allPages(api, '/api/lists');
		expect((await api.get(first?.links.prev ?? '')).status).toBe(400);
	});

	it('has the same metric name once per integration', async () => {
		const { api } = await startApi({ metrics: [{ name: 'Cart Cleared' }] });
		const metrics = (await allPages(api, '/api/metrics')).flatMap(({ data }) => data);
		const orders = metrics.filter(({ attributes }) => attributes.name === 'Placed Order');
		const integrations = orders.map(({ attributes }) => attributes.integration?.name);
		expect(integrations).toEqual(['Shopify', 'API']);
		expect(metrics.at(-1)?.attributes.name).toBe('Cart Cleared');
	});

	it('filters, sorts and thins out', async () => {
		const { klaviyo, api } = await startApi({ lists: [{ id: 'OwnOne', name: 'Own' }] });
		const filter = "any(name,['Own','List 02'])";
		const params = { filter, sort: '-name', 'fields[list]': 'name' };
		const { data } = await api.get('/api/lists', { params });
		expect(data.data).toEqual([
			expect.objectContaining({ id: 'OwnOne', attributes: { name: 'Own' } }),
			expect.objectContaining({ attributes: { name: 'List 02' } }),
		]);
		const shop = await api.get('/api/metrics', {
			params: { filter: 'equals(integration.name,"Shopify")' },
		});
		expect(shop.data.data).toHaveLength(8);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('answers one by its id, 404 for another and 400 for what is no id', async () => {
		const { klaviyo, api } = await startApi({ lists: [{ id: 'OwnOne', name: 'Own' }] });
		expect((await api.get('/api/lists/OwnOne')).data.data.attributes.name).toBe('Own');
		expect((await api.get('/api/lists/NoList')).status).toBe(404);
		expect((await api.get('/api/lists/no-list-at-all')).status).toBe(400);
		expect(klaviyo.contractViolations()).toEqual([]);
	});

	it('knows its account', async () => {
		const { api } = await startApi({ accountId: 'AbC123', timezone: 'Europe/Prague' });
		const { data } = await api.get('/api/accounts');
		expect(data.data).toMatchObject([
			{ id: 'AbC123', attributes: { timezone: 'Europe/Prague', public_api_key: 'AbC123' } },
		]);
	});
});
