import type { Locator, Page } from 'playwright-core';

const TRIES = 3;

/** The open panel of a node. */
export const panelOf = (page: Page): Locator => page.getByTestId('ndv');

export async function closeNode(page: Page): Promise<void> {
	await page.getByTestId('ndv-close-button').click();
	await panelOf(page).waitFor({ state: 'hidden' });
}

/** Where a parameter is filled in, by its name in the node's description. */
export function field(page: Page, name: string): Locator {
	return panelOf(page).getByTestId(`parameter-input-${name}`);
}

/** What an open dropdown shows. */
export const shownOptions = (page: Page): Locator =>
	page.getByRole('option').filter({ visible: true });

/** Opens a dropdown. @returns its option of that label, shown; a click while n8n still loads the options opens nothing */
export async function openDropdown(page: Page, name: string, label: string): Promise<Locator> {
	const option = shownOptions(page)
		.filter({ hasText: startingWith(label) })
		.first();
	for (let tries = 0; tries < TRIES && !(await option.isVisible()); tries++) {
		await field(page, name).click();
		await option.waitFor({ timeout: 3_000 }).catch(() => undefined);
	}
	await option.waitFor();
	return option;
}

/** Chooses an option by the label that the user reads. */
export async function chooseOption(page: Page, name: string, label: string): Promise<void> {
	await (await openDropdown(page, name, label)).click();
}

/** Opens the list of a field that has 'From List', and types into its search. @returns what it then lists */
export async function searchList(page: Page, name: string, typed: string): Promise<Locator> {
	await field(page, name).getByTestId('rlc-input').click();
	const items = page.getByTestId('rlc-item').filter({ visible: true });
	await items.first().waitFor();
	await page.getByTestId('rlc-search').filter({ visible: true }).fill(typed);
	return items;
}

/** Chooses from a field that has 'From List', by searching for its name; of several of that name the one `of` this. */
export async function chooseFromList(
	page: Page,
	name: string,
	label: string,
	of: string,
): Promise<void> {
	const items = (await searchList(page, name, label)).filter({ hasText: startingWith(label) });
	await items.first().waitFor();
	const those = items.filter({ hasText: of });
	await ((await those.count()) > 0 ? those : items).first().click();
}

/**
 * Picks in the open panel, for each credential that it asks for, one of `ids`.
 *
 * @throws when it asks for one that is none of them
 */
export async function pickCredentials(page: Page, ids: string[]): Promise<void> {
	for (const select of await panelOf(page).getByTestId('node-credentials-select').all()) {
		const offered = page
			.locator(ids.map((id) => `[data-test-id="node-credentials-select-item-${id}"]`).join(', '))
			.filter({ visible: true })
			.first();
		// A click while the panel still slides in opens nothing.
		for (let tries = 0; tries < TRIES && !(await offered.isVisible()); tries++) {
			await select.click();
			await offered.waitFor({ timeout: 3_000 }).catch(() => undefined);
		}
		await offered.click();
		await offered.waitFor({ state: 'hidden' });
	}
}

/** The address that the trigger's panel shows. */
export async function webhookUrl(page: Page, kind: 'Test URL' | 'Production URL'): Promise<string> {
	const section = panelOf(page).getByText('Webhook URLs', { exact: true });
	const path = kind === 'Test URL' ? '/webhook-test/' : '/webhook/';
	const address = panelOf(page).getByText(path).first();
	if ((await section.getAttribute('title'))?.includes('display')) await section.click();
	await panelOf(page).getByRole('radio', { name: kind }).click();
	return (await address.innerText()).trim();
}

function startingWith(label: string): RegExp {
	return new RegExp(`^\\s*${label.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`);
}
