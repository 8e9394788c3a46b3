import { publishRow, type Instance, type RowNode } from '../../../sandbox/instance';
import { startRecorder } from '../../attack/support/recorder';
import { deliver, until } from '../../e2e/support/workflows';

/** An address of this machine that n8n is told to ask nothing of. */
const INNER = '127.0.0.2';

/** n8n's own protection, with an exception for the stand-ins alone. */
export const PROTECTED = {
	N8N_SSRF_PROTECTION_ENABLED: 'true',
	N8N_SSRF_ALLOWED_IP_RANGES: '127.0.0.1/32',
	N8N_METRICS_INCLUDE_SSRF_METRICS: 'true',
};

export interface InnerAddresses {
	tried: number;
	/** Requests that arrived there. */
	reached: number;
}

/** Whether n8n's protection against requests to inner addresses holds for the requests of this package's nodes. */
export async function askInnerAddresses(instance: Instance): Promise<InnerAddresses> {
	const inner = await startRecorder(INNER);
	try {
		const nodes = await nodesFor(instance, inner.url);
		for (const [index, node] of nodes.entries()) {
			const { url, workflowId } = await publishRow(
				instance,
				`inner ${index}`,
				[
					{
						name: 'Klaviyo Trigger',
						type: `${instance.packageName}.klaviyoTrigger`,
						typeVersion: 2,
						parameters: { setUp: 'manual' },
						credentials: { klaviyoWebhookApi: instance.credentials.webhook },
					},
					node,
				],
				'{id}/klaviyo',
			);
			await deliver(instance, url, index);
			await until(async () => {
				const [execution] = await instance.client.executions(workflowId);
				return (
					execution !== undefined && execution.status !== 'running' && execution.status !== 'new'
				);
			}, 'the execution has ended');
		}
		return { tried: nodes.length, reached: inner.requests.length };
	} finally {
		await inner.close();
	}
}

async function nodesFor({ client, packageName }: Instance, baseUrl: string): Promise<RowNode[]> {
	const node = async (
		type: string,
		credential: string,
		data: object,
		parameters: object,
	): Promise<RowNode> => ({
		name: type,
		type: `${packageName}.${type}`,
		typeVersion: 1,
		parameters: { ...parameters },
		// Else the credential itself would refuse the address, before n8n could.
		credentials: {
			[credential]: await client.createCredential(credential, 'inner', {
				baseUrl,
				allowPrivate: true,
				...data,
			}),
		},
	});
	return [
		await node(
			'meiroEvents',
			'meiroEventsApi',
			{ product: 'meiroEvents' },
			{ source: 'klaviyo', options: { giveUpAfterSeconds: 1 } },
		),
		await node(
			'meiroEvents',
			'meiroEventsApi',
			{ product: 'meiroPipes' },
			{ source: 'klaviyo', options: { giveUpAfterSeconds: 1 } },
		),
		await node(
			'meiroCdp',
			'meiroCdpApi',
			{ authentication: 'accessToken', accessToken: 'token' },
			{ resource: 'dataSource', operation: 'getAll' },
		),
		await node(
			'klaviyo',
			'klaviyoPrivateKeyApi',
			{ apiKey: 'pk_inner' },
			{ resource: 'account', operation: 'get' },
		),
	];
}
