import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

import { winBack } from '../../sandbox/demo/scenarios/winBack';
import { LOGIN, publishTemplate } from '../../sandbox/demo/world';
import { openEditor, openNode, openWorkflow } from '../../sandbox/editor/browser';
import { panelOf } from '../../sandbox/editor/panel';
import { editor } from './support/world';

const FOLDER = join(__dirname, '../../reports/editor');

describe('pictures', () => {
	let workflowId: string;

	beforeAll(async () => {
		mkdirSync(FOLDER, { recursive: true });
		({ workflowId } = await publishTemplate(editor.world, winBack));
	});

	it.each(['light', 'dark'])(
		'of canvas and trigger are taken in the %s theme, with the icon of that theme',
		async (theme) => {
			const page = await openEditor(editor.browser, editor.world.n8n.url, LOGIN, {
				dark: theme === 'dark',
				scale: 1,
			});
			await openWorkflow(page, workflowId);
			// n8n's animations.
			await page.waitForTimeout(800);
			await page.screenshot({ path: join(FOLDER, `canvas-${theme}.png`) });
			await openNode(page, 'Klaviyo Trigger');
			const icon = panelOf(page).locator('img[src*="klaviyo"]').first();
			expect(
				(await icon.getAttribute('src'))!.endsWith(
					theme === 'dark' ? 'klaviyo.dark.svg' : 'klaviyo.svg',
				),
			).toBe(true);
			await page.waitForTimeout(800);
			await page.screenshot({ path: join(FOLDER, `klaviyo-trigger-${theme}.png`) });
			await page.context().close();
			for (const name of ['canvas', 'klaviyo-trigger']) {
				expect(statSync(join(FOLDER, `${name}-${theme}.png`)).size).toBeGreaterThan(10_000);
			}
		},
	);
});
