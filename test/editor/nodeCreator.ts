import { newWorkflow } from '../../sandbox/editor/workflow';
import { nodeTypes } from './support/nodeTypes';
import { editor } from './support/world';

/** What is needed of an HTMLImageElement. */
interface Icon {
	src: string;
	naturalWidth: number;
	decode(): Promise<void>;
}

async function search(text: string, ...names: string[]): Promise<void> {
	const { page } = editor;
	const bar = page.getByTestId('node-creator-search-bar');
	if (!(await bar.isVisible())) {
		await newWorkflow(page);
		await page.getByTestId('canvas-add-button').click();
	}
	await bar.fill(text);
	const found = page.getByTestId('node-creator').getByTestId('item-iterator-item');
	for (const name of [...names, text]) {
		await found
			.getByTestId('node-creator-item-name')
			.getByText(name, { exact: names.length > 0 && name !== text })
			.first()
			.waitFor();
	}
}

/** Opens what the search found. @returns those of `actions` that its page does not offer */
async function notOffered(name: string, actions: string[]): Promise<string[]> {
	const { page } = editor;
	const item = page.getByTestId('item-iterator-item').filter({
		has: page.getByTestId('node-creator-item-name').getByText(name, { exact: true }),
	});
	await item.first().click();
	const creator = page.getByTestId('node-creator');
	await creator.getByText('Installed').waitFor();
	const offered = (action: string) => creator.getByText(action, { exact: true }).first();
	// Collapsed where there are triggers, too.
	const group = creator.getByText(/^\s*Actions \(\d+\)/);
	if (actions.length > 0 && !(await offered(actions[0]!).isVisible())) await group.click();
	const missing: string[] = [];
	for (const action of actions) {
		// n8n draws a long list in steps.
		await offered(action)
			.waitFor({ state: 'attached', timeout: 3_000 })
			.catch(() => missing.push(action));
	}
	return missing;
}

describe('the node creator', () => {
	it.each([
		// n8n leaves 'Trigger' out.
		['Klaviyo', ['Klaviyo Updates']],
		['Meiro', ['Meiro CDP', 'Meiro Events']],
	])('finds the nodes of %s', async (text, names) => {
		await search(text, ...names);
	});

	it.each(['Klaviyo', 'Meiro'])('shows the icons of what it finds for %s', async (text) => {
		await search(text);
		// Settles once the picture is there, or can't be had.
		const sizes = await editor.page
			.getByTestId('item-iterator-item')
			.locator('img:visible')
			.evaluateAll(
				async (all) =>
					await Promise.all(
						(all as unknown as Icon[]).map(async (icon) => {
							await icon.decode().catch(() => undefined);
							return { of: icon.src, width: icon.naturalWidth };
						}),
					),
			);
		// n8n's search also finds what sounds alike.
		const ours = sizes.filter(({ of }) => of.includes('/n8n-nodes-klaviyo-meiro/'));
		expect(ours.length).toBeGreaterThanOrEqual(2);
		expect(ours.filter(({ width }) => width === 0)).toEqual([]);
	});

	it.each([
		['Klaviyo', 'Klaviyo', 'klaviyo'],
		['Meiro', 'Meiro CDP', 'meiroCdp'],
		['Meiro', 'Meiro Events', 'meiroEvents'],
	])('of %s offers every action of %s', async (text, shown, name) => {
		await search(text);
		const { properties } = (await nodeTypes()).find((type) => type.name.endsWith(`.${name}`))!;
		const actions = properties
			.filter((property) => property.name === 'operation')
			.flatMap(({ options = [] }) =>
				options.map((option) => (option as { action: string }).action),
			);
		expect(actions.length).toBeGreaterThan(0);
		expect(await notOffered(shown, actions)).toEqual([]);
	});

	it('offers the Klaviyo Trigger beside the actions of Klaviyo', async () => {
		await search('Klaviyo');
		await notOffered('Klaviyo', []);
		expect(await editor.page.getByText('On new Klaviyo event').isVisible()).toBe(true);
	});

	it('knows categories and documentation of each node from its codex', async () => {
		for (const { displayName, codex } of await nodeTypes()) {
			expect({ displayName, categories: codex?.categories }).toEqual({
				displayName,
				categories: expect.arrayContaining([expect.any(String)]),
			});
			expect(codex?.resources?.primaryDocumentation?.[0]?.url).toMatch(/^https:\/\//);
		}
	});
});
