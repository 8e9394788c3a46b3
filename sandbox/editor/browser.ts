import { existsSync } from 'node:fs';
import { chromium, selectors, type Browser, type Page } from 'playwright-core';

import type { Login } from '../n8n/client';

export const CHROMIUM = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

// n8n's own spelling of the attribute.
selectors.setTestIdAttribute('data-test-id');

/** Debian's Chromium, headless. @throws with the way to install it when it is missing */
export async function openBrowser(): Promise<Browser> {
	if (!existsSync(CHROMIUM)) {
		throw new Error(
			`No browser at ${CHROMIUM}. Install it with 'apt-get install -y chromium', or name another Chromium in CHROMIUM_PATH.`,
		);
	}
	return await chromium.launch({
		executablePath: CHROMIUM,
		args: [
			'--no-sandbox',
			'--disable-gpu',
			'--disable-quic',
			'--no-first-run',
			// The browser's own calls to its maker would only be refused.
			'--disable-background-networking',
			'--disable-component-update',
			'--disable-sync',
		],
	});
}

/** A page of n8n's editor, signed in. */
export async function openEditor(
	browser: Browser,
	url: string,
	login: Login,
	options: { dark?: boolean; width?: number; height?: number; scale?: number } = {},
): Promise<Page> {
	const { dark = false, width = 1400, height = 760, scale = 1.5 } = options;
	const context = await browser.newContext({
		baseURL: url,
		viewport: { width, height },
		deviceScaleFactor: scale,
		colorScheme: dark ? 'dark' : 'light',
	});
	const page = await context.newPage();
	await page.goto('/signin');
	await page.locator('input[name="emailOrLdapLoginId"]').fill(login.email);
	await page.locator('input[name="password"]').fill(login.password);
	await page.locator('input[name="password"]').press('Enter');
	await page.waitForURL((address) => !address.pathname.startsWith('/signin'));
	return page;
}

/** Opens a workflow and waits until its nodes are drawn. */
export async function openWorkflow(page: Page, workflowId: string): Promise<void> {
	await page.goto(`/workflow/${workflowId}`);
	await page.locator('.vue-flow__node').first().waitFor();
	await closeAdvice(page);
	await page.getByTestId('zoom-to-fit').click();
}

/** Closes n8n's list of advice for published workflows, which covers the canvas. */
export async function closeAdvice(page: Page): Promise<void> {
	await page
		.getByText('Production Checklist')
		.waitFor({ timeout: 3_000 })
		.catch(() => undefined);
	await page.keyboard.press('Escape');
}

/** Opens a node's panel by a double click on it. */
export async function openNode(page: Page, name: string): Promise<void> {
	await page.locator(`[data-test-id="canvas-node"][data-node-name="${name}"]`).dblclick();
	await page.getByTestId('ndv').waitFor();
}
