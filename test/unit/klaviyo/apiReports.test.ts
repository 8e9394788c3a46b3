import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { statisticsOf, windowsOf } from '../../../nodes/Klaviyo/actions/campaign/statistics';
import { getAggregates } from '../../../nodes/Klaviyo/actions/metric/getAggregates';
import type { ApiRequest, KlaviyoClient } from '../../../nodes/Klaviyo/api/klaviyoClient';

const DAY = 86_400_000;
const START = Date.UTC(2031, 0, 1);
const sent = (count: number, daysApart: number) =>
	Array.from({ length: count }, (_, index) => ({
		id: `c${index}`,
		sentAt: START + index * daysApart * DAY,
	}));

describe('the reports on campaigns', () => {
	it('are one for what was sent within a year, with a day to spare on both sides', () => {
		expect(windowsOf([...sent(100, 3)].reverse())).toEqual([
			{ start: START - DAY, end: START + 298 * DAY, ids: sent(100, 3).map(({ id }) => id) },
		]);
	});

	it('name no campaigns where there are more than a filter takes', () => {
		expect(windowsOf(sent(101, 1))).toMatchObject([{ ids: null }]);
	});

	it('cover every campaign, and none is longer than a year', () => {
		const campaigns = sent(400, 7);
		const windows = windowsOf(campaigns);
		expect(windows.every(({ start, end }) => end - start <= 365 * DAY)).toBe(true);
		const isCovered = ({ sentAt }: { sentAt: number }) =>
			windows.some(({ start, end }) => start + DAY <= sentAt && sentAt <= end - DAY);
		expect(campaigns.filter((each) => !isCovered(each))).toEqual([]);
		expect(windows).toHaveLength(8);
	});

	it('are none for no campaigns', () => {
		expect(windowsOf([])).toEqual([]);
	});

	it('add up the counts of a campaign’s messages, and no rates', async () => {
		const row = (campaign_id: string, recipients: number, open_rate: number) => ({
			groupings: { campaign_id },
			statistics: { recipients, open_rate },
		});
		const pages = [[row('a', 10, 0.5), row('b', 7, 0.25)], [row('a', 30, 0.1)]];
		const client = {
			all: async () => await Promise.resolve(pages.map((results) => ({ attributes: { results } }))),
		} as unknown as KlaviyoClient;
		const found = await statisticsOf(client, sent(1, 1), {
			statistics: ['recipients', 'open_rate'],
			conversionMetricId: 'PLACED',
		});
		expect(Object.fromEntries(found)).toEqual({
			a: { recipients: 40, open_rate: null },
			b: { recipients: 7, open_rate: 0.25 },
		});
	});
});

describe('aggregates of a metric', () => {
	const parameters: IDataObject = {
		metricId: 'PLACED',
		since: '2031-01-01T00:00:00',
		until: '2031-01-02T00:00:00',
		interval: 'day',
		measurements: ['count'],
		simplify: true,
		options: { groupBy: ['$flow'] },
	};
	const context = {
		getNode: () => ({ name: 'Klaviyo' }),
		getInputData: () => [{ json: {} }],
		getNodeParameter: (name: string) => parameters[name],
		getTimezone: () => 'UTC',
		continueOnFail: () => false,
	} as unknown as IExecuteFunctions;

	it('are read on with the cursor in the body, as long as there is one', async () => {
		const bodies: Array<{ data: { attributes: IDataObject } }> = [];
		const client = {
			request: async ({ body }: ApiRequest) => {
				bodies.push(body as never);
				const isLast = bodies.length === 3;
				const next = `https://a.klaviyo.com/api/metric-aggregates?page_cursor=after-${bodies.length}`;
				const row = {
					dimensions: [`flow ${bodies.length}`],
					measurements: { count: [bodies.length] },
				};
				return await Promise.resolve({
					status: 200,
					body: {
						data: { attributes: { dates: ['2031-01-01T00:00:00+00:00'], data: [row] } },
						links: { next: isLast ? null : next },
					},
				});
			},
		} as unknown as KlaviyoClient;
		const items = await getAggregates.execute(context, client);
		expect(items.map(({ json }) => [json.flow, json.count])).toEqual([
			['flow 1', 1],
			['flow 2', 2],
			['flow 3', 3],
		]);
		expect(bodies.map(({ data }) => data.attributes.page_cursor)).toEqual([
			undefined,
			'after-1',
			'after-2',
		]);
	});
});
