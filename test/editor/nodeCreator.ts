import { newWorkflow } from '../../sandbox/editor/workflow';
import { nodeTypes } from './support/nodeTypes';
import { editor } from './support/world';

/** What is needed of an HTMLImageElement. */
interface Icon {
	src: string;
	naturalWidth: number;
	decode(): Promise<void>;
}

async function search(text: string): Promise<string[]> {
	const { page } = editor;
	await newWorkflow(page);
	await page.getByTestId('canvas-add-button').click();
	await page.getByTestId('node-creator-search-bar').fill(text);
	const found = page.getByTestId('node-creator').getByTestId('item-iterator-item');
	await found.filter({ hasText: text }).first().waitFor();
	return await found.getByTestId('node-creator-item-name').allInnerTexts();
}

/** Opens what the search found. @returns all that its page says */
async function open(name: string): Promise<string> {
	const { page } = editor;
	const item = page.getByTestId('item-iterator-item').filter({
		has: page.getByTestId('node-creator-item-name').getByText(name, { exact: true }),
	});
	await item.first().click();
	const creator = page.getByTestId('node-creator');
	await creator.getByText('Installed').waitFor();
	const actions = creator.getByText(/^Actions \(\d+\)/);
	if ((await actions.count()) > 0) await actions.click();
	// n8n draws the list in steps.
	await page.waitForTimeout(500);
	return await creator.innerText();
}

describe('the node creator', () => {
	it.each([
		['Klaviyo', ['Klaviyo', 'Klaviyo Updates Trigger']],
		['Meiro', ['Meiro CDP', 'Meiro Events']],
	])('finds the nodes of %s', async (text, names) => {
		expect(await search(text)).toEqual(expect.arrayContaining(names));
	});

	it.each(['Klaviyo', 'Meiro'])('shows the icons of what it finds for %s', async (text) => {
		await search(text);
		// Settles once the picture is there, or can't be had.
		const sizes = await editor.page.getByTestId('item-iterator-item').locator('img:visible').evaluateAll(
			async (all) =>
				await Promise.all(
					(all as unknown as Icon[]).map(async (icon) => {
						await icon.decode().catch(() => undefined);
						return { of: icon.src, width: icon.naturalWidth };
					}),
				),
		);
		expect(sizes.length).toBeGreaterThanOrEqual(2);
		expect(sizes.filter(({ of, width }) => width === 0 || !of.includes('n8n-nodes-klaviyo-meiro'))).toEqual([]);
	});

	it.each([
		['Klaviyo', 'Klaviyo', 'klaviyo'],
		['Meiro', 'Meiro CDP', 'meiroCdp'],
		['Meiro', 'Meiro Events', 'meiroEvents'],
	])('of %s offers every action of %s', async (text, shown, name) => {
		await search(text);
		const page = await open(shown);
		const { properties } = (await nodeTypes()).find((type) => type.name.endsWith(`.${name}`))!;
		const actions = properties
			.filter((property) => property.name === 'operation')
			.flatMap(({ options = [] }) => options.map((option) => (option as { action: string }).action));
		expect(actions.length).toBeGreaterThan(0);
		expect(actions.filter((action) => !page.includes(action))).toEqual([]);
	});

	it('offers the Klaviyo Trigger beside the actions of Klaviyo', async () => {
		await search('Klaviyo');
		expect(await open('Klaviyo')).toContain('Triggers (1)');
	});

	it('knows categories and documentation of each node from its codex', async () => {
		for (const { displayName, codex } of await nodeTypes()) {
			expect({ displayName, categories: codex?.categories }).toEqual({ displayName, categories: expect.arrayContaining([expect.any(String)]) });
			expect(codex?.resources?.primaryDocumentation?.[0]?.url).toMatch(/^https:\/\//);
		}
	});
});
