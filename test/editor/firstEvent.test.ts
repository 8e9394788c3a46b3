// README's first event, played by its letter: each step is read from README and done in the editor of a fresh n8n.
import type { Browser } from 'playwright-core';

import { NEWSLETTER } from '../../sandbox/demo/world';
import { openBrowser, openEditor } from '../../sandbox/editor/browser';
import { inventEntry } from '../../sandbox/klaviyo/profiles';
import { startFreshN8n, type FreshN8n } from './support/freshN8n';
import { Hand } from './support/hand';
import { fileOf, stepsBelow, type ReadmeStep } from './support/readme';

const MOST_CLICKS = 15;
const SECRET = 'lamp-shop-2031-4f1d2c3b5a69';

/** Names of GitHub's and Klaviyo's own screens, which no stand-in has. */
const ELSEWHERE = ['Download raw file', 'Live', 'Webhook'];

interface Playing {
	world: FreshN8n;
	hand: Hand;
	page: Awaited<ReturnType<typeof openEditor>>;
	step: ReadmeStep;
	/** What was copied in n8n, for Klaviyo. */
	copied: { url: string; body: string };
}

type Play = (playing: Playing) => Promise<void>;

const closePanel: Play = async ({ page, hand }) =>
	await hand.clickOn('Close', page.getByTestId('ndv-close-button'));

const publish: Play = async ({ page, hand }) => {
	await hand.clickOn('Publish', page.getByTestId('workflow-open-publish-modal-button'));
	await hand.clickOn('Publish', page.getByTestId('workflow-publish-button'));
	await hand.click('Got it');
	await page.getByText('Published', { exact: true }).waitFor();
};

const save: Play = async ({ page, hand }) => {
	await hand.click('Save');
	// It closes by itself when the credential works.
	await page.getByTestId('credential-edit-dialog').waitFor({ state: 'hidden' });
};

const connectWebhook: Play = async (playing) => {
	await playing.hand.click('Connect to Klaviyo Webhook');
	await playing.hand.type('Secret', SECRET);
	await save(playing);
};

/** By the number of README's step. */
const SAMPLE: Record<number, Play> = {
	1: async ({ step }) => void fileOf(step),
	2: async ({ page, hand }) => {
		await hand.click('Build a workflow');
		await hand.clickOn('⋯', page.getByTestId('workflow-menu'));
		await hand.hover('Import');
		const asked = page.waitForEvent('filechooser');
		await hand.click('From file');
		await (await asked).setFiles(fileOf(stepsBelow('First event')[0]!));
		await page.getByTestId('canvas-node').first().waitFor();
	},
	3: async (playing) => {
		const { hand, world } = playing;
		await hand.open('Meiro Events');
		await hand.click('Connect to Meiro Events');
		await hand.type('Base URL', world.meiro.url);
		await save(playing);
		await hand.read('Source');
	},
	4: async ({ page, hand, world }) => {
		await hand.clickOn('Execute step', page.getByTestId('node-execute-button'));
		await hand.read('Delivered Branch (1 item)');
		expect(world.meiro.events()).toMatchObject([
			{ source: 'klaviyo', event_name: 'subscribed_to_list', body: { is_test: true } },
		]);
	},
};

const MODES: Record<string, Record<number, Play>> = {
	'Create the Flow for Me': {
		5: async (playing) => {
			const { hand } = playing;
			await closePanel(playing);
			await hand.open('Klaviyo Trigger');
			await connectWebhook(playing);
			await hand.click('Connect to Klaviyo Private Key');
			await hand.type('Private API Key', 'pk_sandbox');
			await save(playing);
			await hand.choose('List Name or ID', NEWSLETTER.name);
		},
		6: async (playing) => {
			await closePanel(playing);
			await publish(playing);
		},
		7: async ({ world: { klaviyo } }) => {
			const [flow, ...others] = klaviyo.flows();
			expect(others).toEqual([]);
			expect(flow).toMatchObject({ status: 'draft' });
			await setLive(klaviyo.apiUrl, flow!.id);
			klaviyo.enter(flow!.id, inventEntry(1, null));
		},
	},
	'Set up in Klaviyo': {
		5: async (playing) => {
			const { hand } = playing;
			await closePanel(playing);
			await hand.open('Klaviyo Trigger');
			await hand.choose('Klaviyo Setup', 'I Set Up the Flow Myself');
			await connectWebhook(playing);
		},
		6: async (playing) => {
			const { page, hand, copied } = playing;
			await hand.click('Webhook URLs');
			await hand.click('Production URL');
			await hand.clickOn('the address', page.getByText('/webhook/').filter({ visible: true }));
			copied.url = await hand.clipboard();
			const body = page.getByTestId('parameter-input-listSignUpBody');
			await hand.read('Body to Copy Into Klaviyo');
			await hand.clickOn('the body', body.getByText('subscribed_to_list'));
			await page.keyboard.press('ControlOrMeta+A');
			await page.keyboard.press('ControlOrMeta+C');
			copied.body = await hand.clipboard();
			await closePanel(playing);
			await publish(playing);
		},
		7: async ({ world: { klaviyo }, copied: { url, body } }) => {
			const { id } = klaviyo.createFlow({
				name: 'Made by hand',
				trigger_type: 'list',
				webhook: { url, headers: { 'X-Klaviyo-Secret': SECRET }, body },
			});
			klaviyo.enter(id, inventEntry(1, null));
		},
	},
};

/** As a person does it in Klaviyo. */
async function setLive(apiUrl: string, id: string): Promise<void> {
	const answer = await fetch(`${apiUrl}/api/flows/${id}`, {
		method: 'PATCH',
		headers: {
			Authorization: 'Klaviyo-API-Key pk_sandbox',
			revision: '2026-07-15',
			'Content-Type': 'application/vnd.api+json',
		},
		body: JSON.stringify({ data: { type: 'flow', id, attributes: { status: 'live' } } }),
	});
	expect(answer.status).toBe(200);
}

/** Plays README's steps in their order. @returns how many clicks they took */
async function follow(
	heading: string,
	plays: Record<number, Play>,
	playing: Omit<Playing, 'step'>,
): Promise<number> {
	const { hand } = playing;
	const before = hand.clicks;
	const steps = stepsBelow(heading);
	expect(steps.map(({ number }) => String(number))).toEqual(Object.keys(plays));
	for (const step of steps) {
		hand.used.clear();
		await plays[step.number]!({ ...playing, step });
		const missing = step.names.filter((name) => !hand.used.has(name) && !ELSEWHERE.includes(name));
		expect({ step: step.text, missing }).toEqual({ step: step.text, missing: [] });
	}
	return hand.clicks - before;
}

describe.each(Object.keys(MODES))('README’s first event, %s', (mode) => {
	let world: FreshN8n;
	let browser: Browser;
	let playing: Omit<Playing, 'step'>;

	beforeAll(async () => {
		browser = await openBrowser();
		world = await startFreshN8n();
		const page = await openEditor(browser, world.n8n.url, world.login);
		await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		page.setDefaultTimeout(60_000);
		playing = { world, page, hand: new Hand(page), copied: { url: '', body: '' } };
	}, 900_000);

	afterAll(async () => {
		await browser?.close();
		await world?.close();
	});

	it(`brings the sample to Meiro in at most ${MOST_CLICKS} clicks`, async () => {
		const clicks = await follow('First event', SAMPLE, playing);
		console.log(`${mode}: the sample takes ${clicks} clicks`);
		expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);
	});

	it(`brings a real event to Meiro in at most ${MOST_CLICKS} more, and no command`, async () => {
		const clicks = await follow(mode, MODES[mode]!, playing);
		console.log(`${mode}: the real event takes ${clicks} clicks`);
		expect(clicks).toBeLessThanOrEqual(MOST_CLICKS);
		const [, event] = await world.meiro.waitForEvents(2, 30_000);
		expect(event).toMatchObject({
			event_name: 'subscribed_to_list',
			body: { is_test: false, profile: { email: 'person-1@shop.example' } },
		});
	});
});
