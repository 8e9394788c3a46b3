// Makes the pictures of README and docs: the real editor of the real n8n, with this package as it is now.
// Run: npm run docs:screenshots [-- NAME …], e.g. first-event for those whose name has that in it.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { listSignUp } from '../demo/scenarios/listSignUp';
import { winBack } from '../demo/scenarios/winBack';
import { TEMPLATES } from '../n8n/templates';
import { LOGIN, publishTemplate, WorldBuilder } from '../demo/world';
import { openBrowser, openEditor, openNode, openWorkflow } from './browser';
import { firstEventPicture } from './firstEvent';
import { drawPanelSizes, measurePanels } from './panelSizes';
import { fitPicture, importFile } from './workflow';

const IMAGES = join(__dirname, '../../docs/images');

/** Which workflows are shown, and in each the panel of which node. */
const WORKFLOWS: Array<{
	template: string;
	parameters?: Record<string, Record<string, unknown>>;
	pictures: Array<[node: string, name: string]>;
}> = [
	{
		template: 'win-back',
		parameters: {
			...winBack.parameters,
			'Klaviyo Trigger': { setUp: 'manual', recipe: 'winBack' },
		},
		pictures: [
			['Klaviyo Trigger', 'klaviyo-trigger'],
			['Tell Meiro', 'meiro-events'],
		],
	},
	{
		template: 'list-sign-up',
		parameters: listSignUp.parameters,
		pictures: [['Klaviyo Trigger', 'klaviyo-trigger-create-flow']],
	},
	{
		template: 'list-sign-up',
		parameters: {
			'Klaviyo Trigger': {
				setUp: 'systemWebhook',
				topics: ['event:klaviyo.subscribed_to_list', 'event:klaviyo.unsubscribed_from_list'],
				options: { whenUnpublished: 'pause' },
			},
		},
		pictures: [['Klaviyo Trigger', 'klaviyo-trigger-system-webhook']],
	},
];

const wanted = process.argv.slice(2);
const isWanted = (name: string) =>
	wanted.length === 0 || wanted.some((part) => name.includes(part));

const TEMPLATE_SIZE = { width: 1600, height: 1000 };

async function main(): Promise<void> {
	const builder = new WorldBuilder();
	const browser = await openBrowser();
	try {
		await builder.install(console.log);
		await builder.installPackage();
		await builder.startStandIns();
		await builder.startN8n();
		const world = await builder.finish();
		const page = await openEditor(browser, world.n8n.url, LOGIN);
		// n8n's advice to pin data would lie over the first panel.
		await page.evaluate("localStorage.setItem('N8N_PIN_DATA_DISCOVERY_NDV', 'true')");
		const shoot = async (name: string) => {
			// Panels slide in; a picture taken half way shows nothing.
			await page.waitForTimeout(800);
			await page.screenshot({ path: join(IMAGES, `${name}.png`) });
			console.log(`docs/images/${name}.png`);
		};
		if (isWanted('first-event')) {
			writeFileSync(join(IMAGES, 'first-event.gif'), await firstEventPicture(browser, world));
			console.log('docs/images/first-event.gif');
		}
		if (isWanted('panels')) {
			const sizes = await measurePanels(page, world);
			console.table(sizes);
			writeFileSync(join(IMAGES, 'panels.svg'), drawPanelSizes(sizes));
			console.log('docs/images/panels.svg');
		}
		for (const { template, parameters, pictures: all } of WORKFLOWS) {
			const pictures = all.filter(([, name]) => isWanted(name));
			if (pictures.length === 0) continue;
			const { workflowId } = await publishTemplate(world, { template, parameters });
			await openWorkflow(page, workflowId);
			for (const [node, name] of pictures) {
				await openNode(page, node);
				await shoot(name);
				await page.keyboard.press('Escape');
			}
		}
		mkdirSync(join(IMAGES, 'templates'), { recursive: true });
		// At the end, as what calls keep-what-failed can't be published once that is imported and not published. Larger
		// than the others, as some templates have dozens of nodes, and not sharper, so that the files stay small.
		const canvas = await openEditor(browser, world.n8n.url, LOGIN, { ...TEMPLATE_SIZE, scale: 1 });
		for (const file of readdirSync(TEMPLATES).filter((name) => name.endsWith('.json'))) {
			const name = `templates/${file.replace('.json', '')}`;
			if (!isWanted(name)) continue;
			await importFile(canvas, join(TEMPLATES, file));
			await canvas.screenshot({
				path: join(IMAGES, `${name}.png`),
				clip: await fitPicture(canvas),
			});
			console.log(`docs/images/${name}.png`);
		}
		await canvas.context().close();
	} finally {
		await browser.close();
		await builder.close();
	}
}

main().catch((error: Error) => {
	console.error(error.message);
	process.exitCode = 1;
});
