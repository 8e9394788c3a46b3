// The moving picture of README: the sample of the template first-event on its way to Meiro.
import type { Browser } from 'playwright-core';

import { listSignUp } from '../demo/scenarios/listSignUp';
import { LOGIN, publishTemplate, type World } from '../demo/world';
import { openEditor, openNode, openWorkflow } from './browser';
import { movingPicture, type Frame } from './movingPicture';
import { executeFrom } from './workflow';

const SIZE = { width: 1200, height: 620, scale: 1 };
const FRAME_MS = 2_600;

/** The canvas, Meiro Events filled in, the run, its outcome, and the event in the monitor of the Meiro stand-in. */
export async function firstEventPicture(browser: Browser, world: World): Promise<Uint8Array> {
	const page = await openEditor(browser, world.n8n.url, LOGIN, SIZE);
	const frames: Frame[] = [];
	const shoot = async () => {
		// Panels slide in, and the canvas moves to its place.
		await page.waitForTimeout(800);
		frames.push({ png: await page.screenshot(), ms: FRAME_MS });
	};
	const { workflowId } = await publishTemplate(world, {
		template: 'first-event',
		parameters: listSignUp.parameters,
	});
	await openWorkflow(page, workflowId);
	await shoot();
	await openNode(page, 'Meiro Events');
	await shoot();
	await page.keyboard.press('Escape');
	await executeFrom(page, 'Klaviyo Trigger');
	await page.getByTestId('canvas-node-status-success').last().waitFor();
	await shoot();
	await openNode(page, 'Meiro Events');
	await page.getByTestId('output-panel').getByText('delivered').first().waitFor();
	await shoot();
	await page.goto(world.meiro.urls.monitor);
	// Of the two tables the list of events says whose it is.
	const rows = page.getByRole('row').filter({ hasText: 'subscribed_to_list' });
	await rows.nth(1).waitFor();
	await rows.last().scrollIntoViewIfNeeded();
	await shoot();
	const picture = await movingPicture(browser, frames);
	await page.context().close();
	return picture;
}
