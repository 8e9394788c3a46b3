import { randomUUID } from 'node:crypto';

import { credentialsOf } from '../../sandbox/n8n/templates';
import { SEGMENTS, SHOP } from '../../sandbox/demo/world';
import { openNode, openWorkflow } from '../../sandbox/editor/browser';
import {
	closeNode,
	field,
	openDropdown,
	panelOf,
	searchList,
	shownOptions,
} from '../../sandbox/editor/panel';
import { editor } from './support/world';

/** Klaviyo gives lists and segments ten a page. */
const PAGE = 10;

const NODES: Array<{
	name: string;
	type: string;
	typeVersion?: number;
	parameters: Record<string, unknown>;
}> = [
	{ name: 'Members', type: 'klaviyo', parameters: { resource: 'list', operation: 'getProfiles' } },
	{ name: 'Events', type: 'klaviyo', parameters: { resource: 'event', operation: 'getAll' } },
	{
		name: 'Upload',
		type: 'meiroCdp',
		parameters: { resource: 'customerEvent', operation: 'upload' },
	},
	{
		name: 'System',
		type: 'klaviyoTrigger',
		typeVersion: 2,
		parameters: { setUp: 'systemWebhook' },
	},
	{ name: 'Updates', type: 'klaviyoUpdatesTrigger', parameters: { events: ['segmentJoined'] } },
];

describe('the dropdowns', () => {
	beforeAll(async () => {
		const { client, packageName } = editor.world;
		const nodes = NODES.map(({ type, typeVersion = 1, ...rest }, index) => {
			const node = { ...rest, id: randomUUID(), type: `${packageName}.${type}` };
			return {
				...node,
				...credentialsOf(editor.world, node),
				typeVersion,
				position: [index * 300, 0],
			};
		});
		const { id } = await client.createWorkflow({ name: 'Dropdowns', nodes, connections: {} });
		await openWorkflow(editor.page, id);
	});

	afterEach(async () => {
		// An open list takes the first Escape for itself.
		const panel = panelOf(editor.page);
		for (let tries = 0; tries < 3 && (await panel.isVisible()); tries++) {
			await editor.page.keyboard.press('Escape');
			await panel.waitFor({ state: 'hidden', timeout: 1_500 }).catch(() => undefined);
		}
		if (await panel.isVisible()) await closeNode(editor.page);
	});

	it('list everything, however many pages Klaviyo gives it in, and narrow it when the user types', async () => {
		await openNode(editor.page, 'Members');
		const items = await searchList(editor.page, 'listId', '');
		expect(await items.count()).toBeGreaterThan(2 * PAGE);
		await editor.page.getByTestId('rlc-search').filter({ visible: true }).fill('newsl');
		await expectTexts(['Newsletter']);
		await items.first().click();
		expect(await field(editor.page, 'listId').getByTestId('rlc-input').inputValue()).toBe(
			'Newsletter',
		);
	});

	it('tell metrics of one name apart by their integration', async () => {
		await openNode(editor.page, 'Events');
		await searchList(editor.page, 'metricId', 'Placed Order');
		const items = editor.page
			.getByTestId('rlc-item')
			.filter({ visible: true, hasText: 'Placed Order' });
		for (const integration of [SHOP, 'Shopify'])
			await items.filter({ hasText: `(${integration})` }).waitFor();
		const texts = await items.allInnerTexts();
		expect(new Set(texts).size).toBe(texts.length);
	});

	it('list the data sources of the Meiro CDP', async () => {
		await openNode(editor.page, 'Upload');
		const items = await searchList(editor.page, 'dataSourceId', 'klaviyo');
		await items.filter({ hasText: 'klaviyo' }).first().click();
		expect(await field(editor.page, 'dataSourceId').getByTestId('rlc-input').inputValue()).toMatch(
			/klaviyo/i,
		);
	});

	it('list the topics of system webhooks', async () => {
		await openNode(editor.page, 'System');
		await openDropdown(editor.page, 'topics', 'klaviyo.subscribed_to_list');
		expect(await shownOptions(editor.page).count()).toBeGreaterThan(PAGE);
	});

	it('list the segments of the Klaviyo Updates Trigger', async () => {
		await openNode(editor.page, 'Updates');
		await openDropdown(editor.page, 'segmentIds', 'Segment 01');
		for (const name of Object.keys(SEGMENTS))
			await shownOptions(editor.page).filter({ hasText: name }).first().waitFor();
	});
});

/** Waits until the open list has these and no others. */
async function expectTexts(wanted: string[]): Promise<void> {
	const { page } = editor;
	const items = page.getByTestId('rlc-item').filter({ visible: true });
	const deadline = Date.now() + 5_000;
	while ((await items.count()) !== wanted.length && Date.now() < deadline)
		await page.waitForTimeout(100);
	expect((await items.allInnerTexts()).map((text) => text.trim())).toEqual(wanted);
}
