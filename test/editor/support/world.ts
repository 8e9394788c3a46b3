import type { Browser, Page } from 'playwright-core';

import { LOGIN, WorldBuilder, type World } from '../../../sandbox/demo/world';
import { openBrowser, openEditor } from '../../../sandbox/editor/browser';

/** What all parts share: one n8n, one browser, one page. */
export interface Editor {
	world: World;
	browser: Browser;
	page: Page;
	/** Errors and warnings of the browser since the last call. */
	complaints(): string[];
}

export let editor: Editor;

const builder = new WorldBuilder();

/**
 * The editor asks npm for each community package that it shows; nothing leaves this machine. That is the only complaint
 * that is let pass.
 */
function isOfNpm(url: string): boolean {
	return url.endsWith('/n8n-nodes-klaviyo-meiro') && new URL(url).hostname !== '127.0.0.1';
}

export async function startEditor(): Promise<void> {
	// First, so that a missing browser is told at once.
	const browser = await openBrowser();
	await builder.install(() => undefined);
	await builder.installPackage();
	await builder.startStandIns();
	await builder.startN8n();
	const world = await builder.finish();
	const page = await openEditor(browser, world.n8n.url, LOGIN, { scale: 1 });
	page.setDefaultTimeout(60_000);
	let heard: string[] = [];
	page.on('console', (message) => {
		if (!['error', 'warning'].includes(message.type()) || isOfNpm(message.location().url)) return;
		heard.push(`${message.text()} (${message.location().url})`);
	});
	page.on('pageerror', (error) => heard.push(String(error)));
	editor = {
		world,
		browser,
		page,
		complaints() {
			const all = heard;
			heard = [];
			return all;
		},
	};
}

export async function stopEditor(): Promise<void> {
	await editor?.browser.close();
	await builder.close();
}
