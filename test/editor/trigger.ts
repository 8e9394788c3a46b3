import axios from 'axios';
import { randomUUID } from 'node:crypto';

import { credentialsOf } from '../../sandbox/n8n/templates';
import { openNode, openWorkflow } from '../../sandbox/editor/browser';
import { closeNode, field, panelOf, webhookUrl } from '../../sandbox/editor/panel';
import { editor } from './support/world';

const TRIGGER = 'Klaviyo Trigger';

describe('the Klaviyo Trigger’s panel', () => {
	const webhookId = randomUUID();

	beforeAll(async () => {
		const { client, packageName } = editor.world;
		const node = {
			id: randomUUID(),
			name: TRIGGER,
			type: `${packageName}.klaviyoTrigger`,
			parameters: { setUp: 'manual' },
		};
		const { id } = await client.createWorkflow({
			name: 'Trigger',
			nodes: [
				{
					...node,
					...credentialsOf(editor.world, node),
					webhookId,
					...{ typeVersion: 2, position: [0, 0] },
				},
			],
			connections: {},
		});
		await openWorkflow(editor.page, id);
	});

	beforeEach(async () => {
		await openNode(editor.page, TRIGGER);
	});

	afterEach(async () => {
		await closeNode(editor.page);
	});

	it('shows both addresses', async () => {
		const { url } = editor.world.n8n;
		expect(await webhookUrl(editor.page, 'Test URL')).toBe(
			`${url}/webhook-test/${webhookId}/klaviyo`,
		);
		expect(await webhookUrl(editor.page, 'Production URL')).toBe(
			`${url}/webhook/${webhookId}/klaviyo`,
		);
	});

	it('shows the body to copy, and where the header stands', async () => {
		const body = await field(editor.page, 'winBackBody').innerText();
		expect(body).toContain('"event_name": "winback_due"');
		expect(body).toContain('person.KlaviyoID');
		expect(await panelOf(editor.page).innerText()).toContain(
			'Header: name and secret of the credential above.',
		);
	});

	it('listens for a test event and shows it when it comes', async () => {
		const { page, world } = editor;
		const { header, secret } = world.webhook;
		const url = await webhookUrl(page, 'Test URL');
		const listen = page.getByTestId('trigger-execute-button');
		// What the panel's text calls it.
		expect((await listen.innerText()).trim()).toBe('Execute step');
		// The panel says that it listens while n8n is still registering the address.
		const registered = page.waitForResponse((answer) => answer.url().endsWith('/run'));
		await listen.click();
		await page.getByTestId('trigger-listening').waitFor();
		await registered;
		const body = {
			event_name: 'winback_due',
			is_test: true,
			metric: 'Placed Order',
			email: 'ana@shop.example',
		};
		expect((await axios.post(url, body, { headers: { [header]: secret } })).status).toBe(200);
		await page.getByTestId('output-panel').getByText('ana@shop.example').first().waitFor();
	});
});
