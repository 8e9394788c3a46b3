// What a user does with a workflow in the editor.
import type { Page } from 'playwright-core';

import { closeAdvice } from './browser';

const PUBLISHED_WITHIN_MS = 90_000;
const EXECUTED_WITHIN_MS = 180_000;

export async function newWorkflow(page: Page): Promise<void> {
	await page.goto('/workflow/new');
	await page.getByTestId('canvas-add-button').waitFor();
}

/** 'Import', 'From file' of the workflow's menu, whose file input is hidden. */
export async function importFile(page: Page, path: string): Promise<void> {
	await newWorkflow(page);
	await page.getByTestId('workflow-import-input').setInputFiles(path);
	await imported(page);
}

/** 'Import', 'From URL': n8n itself fetches the file. */
export async function importUrl(page: Page, url: string): Promise<void> {
	await newWorkflow(page);
	await page.getByTestId('workflow-menu').click();
	await page.getByTestId('workflow-menu-item-import').hover();
	await page.getByTestId('workflow-menu-item-import-from-url').click();
	await page.getByTestId('workflow-url-import-input').fill(url);
	await page.getByTestId('confirm-workflow-import-url-button').click();
	await imported(page);
}

async function imported(page: Page): Promise<void> {
	await page.locator('.vue-flow__node').first().waitFor();
	// By itself the editor saves what was imported; its address tells when.
	await page.waitForURL(/\/workflow\/(?!new)\w+/);
	await clearSelection(page);
	await page.getByTestId('zoom-to-fit').click();
}

/** What is selected lies above all else. */
export async function clearSelection(page: Page): Promise<void> {
	await page.locator('.vue-flow__pane').click({ position: { x: 60, y: 60 } });
}

/** The names of the nodes on the canvas. */
export async function nodeNames(page: Page): Promise<string[]> {
	return await page
		.getByTestId('canvas-node')
		.evaluateAll((nodes) => nodes.map((node) => node.getAttribute('data-node-name') ?? ''));
}

/** @returns the workflow's id */
export function workflowIdOf(page: Page): string {
	return /\/workflow\/(\w+)/.exec(page.url())![1]!;
}

/** By the button, and the button in the dialogue that it opens. */
export async function publish(page: Page): Promise<void> {
	const open = page.getByTestId('workflow-open-publish-modal-button');
	await open.click();
	await page.getByTestId('workflow-publish-button').click();
	await open.filter({ hasText: 'Published' }).waitFor({ timeout: PUBLISHED_WITHIN_MS });
	// What n8n tells after the first publishing, unless it is told not to.
	const told = page.getByRole('dialog').filter({ hasText: 'Workflow published' });
	if (
		await told.waitFor({ timeout: 1_500 }).then(
			() => true,
			() => false,
		)
	) {
		await told.getByText("Don't show again").click();
		await told.getByRole('button', { name: 'Got it' }).click();
		await told.waitFor({ state: 'hidden' });
	}
}

/** By the button beside a trigger on the canvas. */
export async function executeFrom(page: Page, triggerName: string): Promise<void> {
	await closeAdvice(page);
	await clearSelection(page);
	await page.locator(`[data-test-id="canvas-node"][data-node-name="${triggerName}"]`).hover();
	// Who leaves the canvas before n8n has been asked, executes nothing.
	const asked = page.waitForResponse((answer) => answer.url().endsWith('/run'));
	await page.getByTestId(`execute-workflow-button-${triggerName}`).click();
	await asked;
}

/** Opens the list of the workflow's executions. @returns the newest one's status, once it has ended */
export async function newestExecution(page: Page): Promise<string | null> {
	await page.getByTestId('radio-button-executions').click();
	const ended = page
		.getByTestId('current-executions-list')
		.locator(
			'[data-test-execution-status]:not([data-test-execution-status=running]):not([data-test-execution-status=new])',
		);
	await ended.first().waitFor({ timeout: EXECUTED_WITHIN_MS });
	return await ended.first().getAttribute('data-test-execution-status');
}

/** Leaves nothing but the workflow to be seen. @returns where it stands on the page, with a margin */
export async function fitPicture(
	page: Page,
): Promise<{ x: number; y: number; width: number; height: number }> {
	const OWN =
		'[data-test-id="canvas-background"], [data-test-id="canvas-controls"], [data-test-id="canvas-wrapper"] button, .el-notification, [class*="nodeButtons"], [data-test-id="logs-overview-header"]';
	await page.addStyleTag({ content: `${OWN} { visibility: hidden !important; }` });
	await page
		.getByTestId('zoom-to-fit')
		.evaluate((button) => (button as unknown as { click(): void }).click());
	// The canvas moves to its new place.
	await page.waitForTimeout(800);
	// The names of outputs stand beside their nodes.
	const there = (
		await page.locator('.vue-flow__node, .vue-flow__handle *').evaluateAll((elements) =>
			elements.map((element) => {
				const { x, y, width, height } = element.getBoundingClientRect();
				return { x, y, width, height };
			}),
		)
	).filter(({ width, height }) => width > 0 && height > 0);
	const margin = 30;
	const left = Math.min(...there.map(({ x }) => x)) - margin;
	const top = Math.min(...there.map(({ y }) => y)) - margin;
	const right = Math.max(...there.map(({ x, width }) => x + width)) + margin;
	const bottom = Math.max(...there.map(({ y, height }) => y + height)) + margin + 20;
	const [x, y] = [Math.max(0, left), Math.max(0, top)];
	const seen = page.viewportSize()!;
	return {
		...{ x, y },
		width: Math.min(right, seen.width) - x,
		height: Math.min(bottom, seen.height) - y,
	};
}
