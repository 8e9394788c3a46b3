import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

import { editor } from './support/world';

/** Meiro documents no authentication of its sources; this is something in front of one that asks for it. */
let guard: Server;
const guarded = () => `http://127.0.0.1:${(guard.address() as AddressInfo).port}`;

interface Case {
	type: string;
	data: (world: typeof editor.world) => Record<string, unknown>;
	/** What is typed into which field. */
	wrong: [field: string, value: string];
	says: RegExp;
}

const CASES: Case[] = [
	{
		type: 'klaviyoPrivateKeyApi',
		data: ({ klaviyo }) => ({ apiKey: 'pk_sandbox', baseUrl: klaviyo.apiUrl, allowPrivate: true }),
		wrong: ['apiKey', 'pk_of_another_account'],
		says: /Klaviyo does not know this key\. Copy the private key anew/,
	},
	{
		type: 'klaviyoWebhookApi',
		data: ({ webhook }) => ({ headerName: webhook.header, secret: webhook.secret }),
		wrong: ['secret', 'too short'],
		says: /needs at least 16, because Klaviyo does not sign/,
	},
	{
		type: 'meiroEventsApi',
		data: () => ({
			product: 'meiroEvents',
			baseUrl: guarded(),
			allowPrivate: true,
			authentication: 'header',
			authName: 'X-App-Key',
			authSecret: 'right',
			timeoutSeconds: 5,
		}),
		wrong: ['authSecret', 'wrong'],
		says: /asks for other credentials \(401\)\. Check 'Authentication' and its values/,
	},
	{
		type: 'meiroCdpApi',
		data: ({ meiro }) => ({
			baseUrl: `${meiro.url}/api`,
			allowPrivate: true,
			authentication: 'password',
			email: 'n8n@shop.example',
			password: 'stand-in',
			timeoutSeconds: 5,
		}),
		wrong: ['password', 'wrong'],
		says: /Meiro refused the login \(401\)\. Check 'Email' and 'Password'/,
	},
];

describe('the dialogue of a credential', () => {
	beforeAll(async () => {
		guard = createServer(({ headers }, response) => {
			response.statusCode = headers['x-app-key'] === 'right' ? 404 : 401;
			response.end();
		});
		await new Promise<void>((resolve) => guard.listen(0, '127.0.0.1', resolve));
	});

	afterAll(() => {
		guard.close();
	});

	it.each(CASES)('says green or red, and why, for $type', async ({ type, data, wrong, says }) => {
		const { page, world } = editor;
		const { id } = await world.client.createCredential(type, `Tried ${type}`, data(world));
		await page.goto(`/home/credentials/${id}`);
		const dialogue = page.getByTestId('credential-edit-dialog');
		await dialogue
			.getByTestId('credentials-config-container-test-success')
			.filter({ visible: true })
			.waitFor();
		expect(await dialogue.getByText('Connection tested successfully').isVisible()).toBe(true);

		await dialogue.getByTestId(`parameter-input-${wrong[0]}`).locator('input').fill(wrong[1]);
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await dialogue
			.getByText('Couldn’t connect with these settings')
			.filter({ visible: true })
			.waitFor();
		await dialogue.getByText('More details').click();
		await dialogue.getByText(says).first().waitFor();
		expect(await dialogue.getByText('Connection tested successfully').isVisible()).toBe(false);
	});
});
