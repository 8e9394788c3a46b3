import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';

import { createdFlow } from '../../sandbox/demo/scenario';
import { SUPPORT } from '../../sandbox/demo/scenarios/erasure';
import {
	pasteBody,
	probesIn,
	selfCheck,
	SELF_CHECK_ADDRESS,
	STEPS,
} from '../../sandbox/demo/scenarios/selfCheck';
import { publishedTemplate, type World } from '../../sandbox/demo/world';
import { openNode } from '../../sandbox/editor/browser';
import { chooseOption, closeNode } from '../../sandbox/editor/panel';
import { executeFrom, importFile, publish, workflowIdOf } from '../../sandbox/editor/workflow';
import type { WorkflowFile } from '../../sandbox/n8n/client';
import { finishedExecutions } from '../../sandbox/n8n/executions';
import { formAddress } from '../../sandbox/n8n/forms';
import { fillIn, prepareFile } from './support/fillIn';
import { editor } from './support/world';

const FOLDER = join(__dirname, '../../reports/editor');
const METRIC = 'n8n self-check';

describe('the template self-check', () => {
	afterEach(async () => {
		await editor.page.context().setHTTPCredentials(null);
	});

	it('is imported, played by its form, and shows the report', async () => {
		const { page, world } = editor;
		await page.context().setHTTPCredentials(SUPPORT);
		await importFilledIn(page, world);

		// Before the metric is there it can't be chosen, and the form is that of a test.
		const opened = page.waitForEvent('popup');
		await executeFrom(page, 'Ask');
		const test = await opened;
		await fillInForm(test, STEPS.metric);
		const body = await test.locator('pre').innerText();
		await test.close();

		await openNode(page, 'Probe Arrived');
		await chooseOption(page, 'metricId', METRIC);
		await closeNode(page);
		await publish(page);
		const workflowId = workflowIdOf(page);
		await world.client.published(workflowId);
		const { nodes } = await world.client.get<WorkflowFile>(`/rest/workflows/${workflowId}`);
		const { url } = await publishedTemplate(world, selfCheck.template, workflowId, nodes);
		const flowId = createdFlow(world, url);
		await pasteBody(world.klaviyo, flowId, body);

		const form = await page.context().newPage();
		const address = await formAddress(world, world.n8n.url, workflowId, 'Ask');
		const ask = async (step: string) => {
			await form.goto(address);
			await fillInForm(form, step);
		};
		await ask(STEPS.probe);
		for (const entry of probesIn(world.klaviyo)) world.klaviyo.enter(flowId, entry);
		await world.klaviyo.settled(flowId);
		await finishedExecutions(world, workflowId);
		await ask(STEPS.read);
		await ask(STEPS.draft);
		await ask(STEPS.meiro);
		mkdirSync(FOLDER, { recursive: true });
		await form.screenshot({ path: join(FOLDER, 'self-check.png'), fullPage: true });
		const seen = await seenIn(form);
		await form.close();

		expect(Object.values(seen).filter((text) => /^(waiting|not seen)/.test(text))).toEqual([]);
		expect(seen).toMatchObject({
			...{ eventIdWithoutSenders: 'unixSecond', missingValue: 'nothing', base64OfNone: 'text' },
			...{ htmlEscaping: 'off', retryBody: 'same', retryAfter: 'ignored', success: '200' },
			...{ actionWithoutLinks: 'cut', reentry: 'asDefined' },
			cdpExistingId: 'not asked, see 7 Try the Meiro CDP',
		});
	});
});

/** The metric is left to be chosen. */
async function importFilledIn(page: Page, world: World): Promise<void> {
	await selfCheck.prepare!(world);
	const parameters = { ...selfCheck.parameters };
	delete parameters['Probe Arrived'];
	const scenario = { ...selfCheck, parameters };
	const file = await prepareFile(world, scenario);
	try {
		await importFile(page, file.path);
		await fillIn(page, world, scenario, file);
	} finally {
		await file.remove();
	}
}

/** Fills n8n's form in, and waits for the page with which it ends. */
async function fillInForm(form: Page, step: string): Promise<void> {
	await form.getByLabel('Your own email address').fill(SELF_CHECK_ADDRESS);
	await form.getByLabel('What to do').selectOption(step);
	await form.getByRole('button', { name: 'Go' }).click();
	await form.getByText(`Done: ${step}.`).waitFor();
}

/** By the question. */
async function seenIn(report: Page): Promise<Record<string, string>> {
	const rows = await report
		.locator('tr')
		.filter({ has: report.locator('td') })
		.all();
	return Object.fromEntries(
		await Promise.all(
			rows.map(async (row): Promise<[string, string]> => {
				const [, question = '', , seen = ''] = await row.locator('td').allInnerTexts();
				return [question, seen];
			}),
		),
	);
}
