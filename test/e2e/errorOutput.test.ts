// What a node could not do takes n8n's error output, on every n8n that is supported.
import { randomUUID } from 'node:crypto';

import type { Instance } from '../../sandbox/instance';
import type { WorkflowFile } from '../../sandbox/n8n/client';
import { withInstance } from './support/instance';
import { arrived, deliver, until } from './support/workflows';

let instance: Instance;

withInstance((started) => void (instance = started));

/** Klaviyo Trigger, a look-up in Klaviyo, and a source of Meiro behind each output of it. @returns the trigger's address */
async function publishLookUp(): Promise<string> {
	const { client, credentials, n8n, packageName } = instance;
	const webhookId = randomUUID();
	const to = (name: string) => [{ node: name, type: 'main', index: 0 }];
	const source = (name: string) => ({
		name,
		type: `${packageName}.meiroEvents`,
		typeVersion: 1,
		parameters: { source: name },
		credentials: { meiroEventsApi: credentials.source },
	});
	const nodes = [
		{
			name: 'Klaviyo Trigger',
			type: `${packageName}.klaviyoTrigger`,
			typeVersion: 2,
			webhookId,
			parameters: { setUp: 'manual' },
			credentials: { klaviyoWebhookApi: credentials.webhook },
		},
		{
			name: 'Klaviyo',
			type: `${packageName}.klaviyo`,
			typeVersion: 1,
			onError: 'continueErrorOutput',
			parameters: {
				resource: 'profile',
				operation: 'get',
				identifierType: 'email',
				email: '={{ $json.profile.email }}',
			},
			credentials: { klaviyoPrivateKeyApi: credentials.klaviyo },
		},
		source('went-well'),
		source('told'),
	].map((node, index) => ({ ...node, id: randomUUID(), position: [220 * index, 0] }));
	const created = await client.createWorkflow({
		name: 'look-up',
		nodes,
		connections: {
			'Klaviyo Trigger': { main: [to('Klaviyo')] },
			Klaviyo: { main: [to('went-well'), to('told')] },
		},
		settings: { executionOrder: 'v1' },
	} as unknown as WorkflowFile);
	await client.publish(created);
	return `${n8n.url}/webhook/${webhookId}/klaviyo`;
}

it('a person whom Klaviyo does not know leaves by the error output, with why, and not among those who were found', async () => {
	const url = await publishLookUp();
	expect(await deliver(instance, url, 7)).toBe(200);
	await until(
		() => arrived(instance, 'told').length + arrived(instance, 'went-well').length > 0,
		'it arrived',
	);
	expect(arrived(instance, 'told')).toEqual([7]);
	const [told] = instance.meiro.events({ source: 'told' });
	const { details, message } = told!.body as Record<string, { status: string }>;
	expect((details ?? message)!.status).toBe('failed');
});
