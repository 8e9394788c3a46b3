// Makes the pictures of README and docs: the real editor of the real n8n, with this package as it is now.
import { join } from 'node:path';

import { LOGIN, publishTemplate, WorldBuilder } from '../demo/world';
import { openBrowser, openEditor, openNode, openWorkflow } from './browser';

const IMAGES = join(__dirname, '../../docs/images');

async function main(): Promise<void> {
	const builder = new WorldBuilder();
	const browser = await openBrowser();
	try {
		await builder.install(console.log);
		await builder.installPackage();
		await builder.startStandIns();
		await builder.startN8n();
		const world = await builder.finish();
		const { workflowId } = await publishTemplate(world, 'win-back');

		const page = await openEditor(browser, world.n8n.url, LOGIN);
		await openWorkflow(page, workflowId);
		const shoot = async (name: string) => {
			// Panels slide in; a picture taken half way shows nothing.
			await page.waitForTimeout(800);
			await page.screenshot({ path: join(IMAGES, `${name}.png`) });
			console.log(`docs/images/${name}.png`);
		};
		await shoot('workflow');
		for (const [node, name] of [
			['Klaviyo Trigger', 'klaviyo-trigger'],
			['Meiro Events', 'meiro-events'],
		] as const) {
			await openNode(page, node);
			await shoot(name);
			await page.keyboard.press('Escape');
		}
	} finally {
		await browser.close();
		await builder.close();
	}
}

main().catch((error: Error) => {
	console.error(error.message);
	process.exitCode = 1;
});
