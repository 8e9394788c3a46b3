import type { Locator, Page } from 'playwright-core';

/** A person's hand on the editor: goes by the words on the screen, and counts its clicks; a double click is one. */
export class Hand {
	clicks = 0;
	/** Words that were read and used. */
	readonly used = new Set<string>();

	constructor(private readonly page: Page) {}

	/** Clicks on what has this name. */
	async click(name: string): Promise<void> {
		await this.clickOn(name, this.named(name).last());
	}

	/** Clicks on what has no words of its own, or where the words alone don't tell which. */
	async clickOn(name: string, target: Locator): Promise<void> {
		await target.click();
		this.count(name);
	}

	async open(node: string): Promise<void> {
		await this.page.locator(`[data-test-id="canvas-node"][data-node-name="${node}"]`).dblclick();
		await this.page.getByTestId('ndv').waitFor();
		this.count(node);
	}

	/** Moves over an entry of a menu, which opens the next menu. */
	async hover(name: string): Promise<void> {
		await this.named(name).last().hover();
		this.used.add(name);
	}

	/** Waits until it stands on the screen. */
	async read(name: string): Promise<void> {
		await this.named(name).first().waitFor();
		this.used.add(name);
	}

	/** Clicks into the field below a label, and types. */
	async type(label: string, text: string): Promise<void> {
		await this.clickOn(label, this.below(label));
		await this.page.keyboard.insertText(text);
	}

	/** Opens the dropdown below a label, and takes an option. */
	async choose(label: string, option: string): Promise<void> {
		await this.clickOn(label, this.below(label));
		await this.clickOn(
			option,
			this.page.getByRole('option', { name: option }).filter({ visible: true }),
		);
	}

	/** What a click or keys have put there. */
	async clipboard(): Promise<string> {
		return await this.page.evaluate('navigator.clipboard.readText()');
	}

	private named(name: string): Locator {
		return this.page.getByText(name, { exact: true }).filter({ visible: true });
	}

	/** n8n marks a required field by a star behind its label. */
	private below(label: string): Locator {
		const text = new RegExp(`^${label}\\s*\\*?$`);
		const labels = this.page.getByText(text).filter({ visible: true });
		return labels.last().locator('xpath=following::input[1]');
	}

	private count(name: string): void {
		this.clicks++;
		this.used.add(name);
	}
}
