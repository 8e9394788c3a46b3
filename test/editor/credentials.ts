import { editor } from './support/world';

interface Case {
	type: string;
	data: (world: typeof editor.world) => Record<string, unknown>;
	/** What is typed into which field; nothing where the service itself changes its mind. */
	wrong?: [field: string, value: string];
	says: RegExp;
}

const CASES: Case[] = [
	{
		type: 'klaviyoApi',
		data: ({ klaviyo }) => ({ apiKey: 'pk_sandbox', baseUrl: klaviyo.apiUrl }),
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
		data: ({ meiro }) => ({ product: 'meiroEvents', baseUrl: meiro.url, authentication: 'header', authName: 'X-App-Key', authSecret: 'right', timeoutSeconds: 5 }),
		wrong: ['authSecret', 'wrong'],
		says: /asks for other credentials \(401\)\. Check 'Authentication' and its values/,
	},
	{
		type: 'meiroCdpApi',
		data: ({ meiro }) => ({ baseUrl: `${meiro.url}/api`, authentication: 'password', email: 'n8n@shop.example', password: 'stand-in', timeoutSeconds: 5 }),
		wrong: ['password', 'wrong'],
		says: /Meiro does not accept this login or token\. Check email and password/,
	},
];

describe('the dialogue of a credential', () => {
	afterEach(() => {
		editor.world.meiro.misbehave([]);
	});

	it.each(CASES)('says green or red, and why, for $type', async ({ type, data, wrong, says }) => {
		const { page, world } = editor;
		const { id } = await world.client.createCredential(type, `Tried ${type}`, data(world));
		await page.goto(`/home/credentials/${id}`);
		const dialogue = page.getByTestId('credential-edit-dialog');
		await dialogue.getByTestId('credentials-config-container-test-success').filter({ visible: true }).waitFor();
		expect(await dialogue.getByText('Connection tested successfully').isVisible()).toBe(true);

		// The stand-in of Meiro Events asks for no authentication, as Meiro documents; something in front of it may.
		if (type === 'meiroEventsApi') world.meiro.misbehave([{ kind: 'status', status: 401, rate: 1 }]);
		await dialogue.getByTestId(`parameter-input-${wrong![0]}`).locator('input').fill(wrong![1]);
		await page.getByRole('button', { name: 'Save', exact: true }).click();
		await dialogue.getByText('Couldn’t connect with these settings').filter({ visible: true }).waitFor();
		await dialogue.getByText('More details').click();
		await dialogue.getByText(says).first().waitFor();
		expect(await dialogue.getByText('Connection tested successfully').isVisible()).toBe(false);
	});
});
