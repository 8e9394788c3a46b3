import { randomUUID } from 'node:crypto';
import type { Page } from 'playwright-core';

import type { World } from '../demo/world';
import { openNode, openWorkflow } from './browser';
import { closeNode, panelOf } from './panel';

/** How much a panel asks of a person who has just dragged the node in. */
export interface PanelSize {
	node: string;
	/** Fields that are shown; collections to add more from, notices and credentials are none. */
	fields: number;
	/** Of all parameters, scrolled out or not. */
	height_px: number;
}

interface Measured {
	name: string;
	type: string;
	typeVersion: number;
	parameters?: Record<string, unknown>;
}

/** Triggers of n8n's own by which ours are judged. */
const ANCHORS: Measured[] = [
	{ name: 'Stripe Trigger', type: 'n8n-nodes-base.stripeTrigger', typeVersion: 1 },
	{ name: 'Typeform Trigger', type: 'n8n-nodes-base.typeformTrigger', typeVersion: 1.1 },
	{ name: 'Shopify Trigger', type: 'n8n-nodes-base.shopifyTrigger', typeVersion: 1 },
	{ name: 'HubSpot Trigger', type: 'n8n-nodes-base.hubspotTrigger', typeVersion: 1 },
];

const OURS = (packageName: string): Measured[] => [
	{
		name: 'Klaviyo Trigger, Create the Flow for Me',
		type: `${packageName}.klaviyoTrigger`,
		typeVersion: 2,
	},
	{
		name: 'Klaviyo Trigger, I Set Up the Flow Myself',
		type: `${packageName}.klaviyoTrigger`,
		typeVersion: 2,
		parameters: { setUp: 'manual' },
	},
	{ name: 'Meiro Events', type: `${packageName}.meiroEvents`, typeVersion: 1 },
];

export async function measurePanels(page: Page, world: World): Promise<PanelSize[]> {
	const all = [...OURS(world.packageName), ...ANCHORS];
	const { id } = await world.client.createWorkflow({
		name: 'Panels',
		nodes: all.map(({ parameters = {}, ...node }, index) => ({
			...node,
			id: randomUUID(),
			parameters,
			position: [300 * index, 0],
		})),
		connections: {},
	});
	await openWorkflow(page, id);
	const sizes: PanelSize[] = [];
	for (const { name } of all) {
		await openNode(page, name);
		const list = panelOf(page).locator('.parameter-input-list-wrapper').first();
		await list.waitFor();
		const fields = await list
			.locator('[data-test-id^="parameter-input-"]:not([data-test-id="parameter-input-field"])')
			.count();
		const height = await list.evaluate((element) => element.scrollHeight);
		sizes.push({ node: name, fields, height_px: Math.round(height) });
		await closeNode(page);
	}
	return sizes;
}

/** Bars of the heights, with the number of fields beside each. */
export function drawPanelSizes(sizes: PanelSize[]): string {
	const row = 28;
	const [left, full] = [300, 420];
	const most = Math.max(...sizes.map(({ height_px }) => height_px));
	const bars = sizes.map(({ node, fields, height_px }, index) => {
		const y = 40 + row * index;
		const width = Math.round((height_px / most) * full);
		const ours = node.startsWith('Klaviyo') || node.startsWith('Meiro');
		return [
			`<text x="${left - 10}" y="${y + 14}" text-anchor="end">${node}</text>`,
			`<rect x="${left}" y="${y}" width="${width}" height="18" rx="3" fill="${ours ? '#2f6f4f' : '#9aa5b1'}"/>`,
			`<text x="${left + width + 8}" y="${y + 14}">${height_px} px, ${fields} ${fields === 1 ? 'field' : 'fields'}</text>`,
		].join('');
	});
	const height = 52 + row * sizes.length;
	return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 880 ${height}" width="880" height="${height}" font-family="system-ui, sans-serif" font-size="13" fill="#1f2933"><rect width="880" height="${height}" fill="#fff"/><text x="16" y="22" font-weight="600">Panels of new nodes, in the same editor</text>${bars.join('')}</svg>\n`;
}
