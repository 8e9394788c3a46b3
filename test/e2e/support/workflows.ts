import { randomUUID } from 'node:crypto';

import axios from 'axios';

import { publishRow, SECRET_HEADER, type Instance } from '../../../sandbox/instance';

/** Klaviyo Trigger → Meiro Events, published. */
export async function publishPair(
	instance: Instance,
	options: {
		trigger?: Record<string, unknown>;
		meiro?: Record<string, unknown>;
		/** Of Meiro Events: one of the instance's, or another. */
		credential?: 'pipes' | 'source' | { id: string; name: string };
		source?: string;
		/** Of the package that has Meiro Events; the instance's where it is not given. */
		meiroPackage?: string;
	} = {},
): Promise<{ url: string; workflowId: string }> {
	const { packageName, credentials } = instance;
	const { credential = 'source' } = options;
	return await publishRow(
		instance,
		`pair ${randomUUID()}`,
		[
			{
				name: 'Klaviyo Trigger',
				type: `${packageName}.klaviyoTrigger`,
				typeVersion: 2,
				parameters: { setUp: 'manual', ...options.trigger },
				credentials: {
					klaviyoWebhookApi: credentials.webhook,
					klaviyoPrivateKeyApi: credentials.klaviyo,
				},
			},
			{
				name: 'Meiro Events',
				type: `${options.meiroPackage ?? packageName}.meiroEvents`,
				typeVersion: 1,
				parameters: { source: options.source ?? 'klaviyo', ...options.meiro },
				credentials: {
					meiroEventsApi: typeof credential === 'string' ? credentials[credential] : credential,
				},
			},
		],
		'{id}/klaviyo',
	);
}

/** One delivery of a flow. @returns the status, or null when the sender hung up before it came */
export async function deliver(
	instance: Instance,
	url: string,
	number: number,
	more: { signal?: AbortSignal; body?: Record<string, unknown> } = {},
): Promise<number | null> {
	const answer = await axios
		.post(
			url,
			{
				event_name: 'placed_order',
				email: `person-${number}@shop.example`,
				event_id: `order-${number}`,
				number,
				...more.body,
			},
			{
				headers: { [SECRET_HEADER]: instance.secret, 'x-klaviyo-flow-id': 'AbC123' },
				validateStatus: () => true,
				maxBodyLength: Infinity,
				signal: more.signal,
			},
		)
		.catch(() => null);
	return answer?.status ?? null;
}

/** Numbers of the events that a Meiro source has, in the order of their arrival. */
export function arrived({ meiro }: Instance, source = 'klaviyo'): number[] {
	return meiro
		.events({ source })
		.map(
			({ body }) =>
				body as {
					properties?: { number: number };
					event_payload?: { properties: { number: number } };
				},
		)
		.map((body) => (body.event_payload ?? body).properties!.number);
}

/** Asks until it is so. n8n tells nobody when an execution has ended. @throws after five minutes */
export async function until(isSo: () => boolean | Promise<boolean>, what: string): Promise<void> {
	const deadline = Date.now() + 300_000;
	while (!(await isSo())) {
		if (Date.now() > deadline) throw new Error(`Not within five minutes: ${what}`);
		await new Promise((resolve) => setTimeout(resolve, 50));
	}
}
