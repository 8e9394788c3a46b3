// What the template delivery-watch finds and sends of events that a strike has cost.
import type { Instance } from '../../sandbox/instance';
import { dataTableRows, updateRow } from '../../sandbox/n8n/dataTables';
import { runByHand } from '../../sandbox/n8n/executions';
import { importTemplate } from '../../sandbox/n8n/templates';

const HOUR_MS = 3_600_000;
const METRIC = 'Placed Order';
const SERVICE = 'Lamp Shop';
const TABLE = 'Delivered to Meiro';
/** The watch looks back for 47 hours at most, and leaves the last one for later. */
const OLDEST_HOUR = 44;

/** What one run says of the events of one strike. */
export interface Finding {
	in_klaviyo: number;
	in_meiro: number;
	/** By this run, as nothing was noted of them. */
	sent: number;
	/** By keep-what-failed. */
	kept: number;
}

/** The events of one strike. */
export interface Watched {
	/** Runs the watch over them: what is missing is sent. */
	judge(): Promise<Finding>;
}

/** The template with its own Klaviyo Trigger and Meiro Events; every strike's events happened in an hour of their own. */
export class DeliveryWatch {
	private readonly oldest = Math.floor(Date.now() / HOUR_MS - OLDEST_HOUR) * HOUR_MS;

	private constructor(
		private readonly instance: Instance,
		readonly workflowId: string,
		/** Of the trigger's address. */
		readonly path: string,
	) {}

	static async publish(
		instance: Instance,
		meiroEventsApi: { id: string; name: string },
		/** Of the node Meiro Events. */
		meiroEvents: Record<string, unknown>,
	): Promise<DeliveryWatch> {
		const { client, packageName, credentials, klaviyo } = instance;
		// It makes the metric, which the node asks for by its ID.
		klaviyo.seedEvents([
			{
				...{ metric: METRIC, service: SERVICE, profile: 'first@shop.example' },
				time: new Date(Date.now() - 100 * HOUR_MS),
			},
		]);
		const { workflowId, nodes } = await importTemplate(
			{
				...{ client, packageName },
				credentials: {
					klaviyoWebhookApi: credentials.webhook,
					klaviyoPrivateKeyApi: credentials.klaviyo,
					meiroEventsApi,
					form: await client.createCredential('httpBasicAuth', 'Form', {
						user: 'support',
						password: 'Sandbox-2031',
					}),
				},
			},
			{
				template: 'delivery-watch',
				credentials: { 'Where Is the Order': { httpBasicAuth: 'form' } },
				parameters: {
					'Order Placed': { setUp: 'manual' },
					'Meiro Events': meiroEvents,
					'In Klaviyo': {
						metricId: { __rl: true, mode: 'id', value: klaviyo.events()[0]!.metric_id },
					},
					// It runs by hand only: a run in the middle of a strike would be one more execution to account for.
					'Every Day': { rule: { interval: [{ field: 'months', monthsInterval: 12 }] } },
				},
			},
		);
		// The first run makes the table.
		await runByHand(instance, workflowId, 'Every Day');
		const { webhookId } = nodes.find(({ name }) => name === 'Order Placed')!;
		return new DeliveryWatch(instance, workflowId, `/webhook/${webhookId}/klaviyo`);
	}

	/** `count` orders from number `first` on, which Klaviyo has. `turn` counts the strikes from 0 on. */
	orders(turn: number, first: number, count: number): Watched {
		// An hour apart, so that none is in the hour before another's.
		const start = this.oldest + 2 * turn * HOUR_MS;
		const { klaviyo } = this.instance;
		const numbers = Array.from({ length: count }, (_, index) => first + index);
		klaviyo.seedProfiles(
			numbers.map((number) => ({
				id: personOf(number),
				attributes: { email: `person-${number}@shop.example` },
			})),
		);
		klaviyo.seedEvents(
			numbers.map((number) => ({
				...{ metric: METRIC, service: SERVICE, profile: personOf(number) },
				time: new Date(start + (number % 3600) * 1000),
				unique_id: `order-${number}`,
			})),
		);
		return { judge: async () => await this.judge(new Date(start).toISOString()) };
	}

	/** As if the run before had ended where these events begin. */
	private async judge(since: string): Promise<Finding> {
		const watched: [column: string, value: string] = ['status', 'watched'];
		await updateRow(this.instance, TABLE, watched, { noted_at: since });
		await runByHand(this.instance, this.workflowId, 'Every Day');
		const rows = await dataTableRows(this.instance, TABLE, watched);
		const newest = rows.reduce((a, b) => (Number(a.id) > Number(b.id) ? a : b));
		return findingOf(String(newest.reason));
	}
}

/** As bench/cases.ts numbers them. */
const personOf = (number: number) => `01JZ${String(number).padStart(22, '0')}`;

const SENTENCE =
	/: ([\d,]+) at Klaviyo, ([\d,]+) in Meiro, ([\d,]+) sent now, ([\d,]+) refused or kept/;

function findingOf(receipt: string): Finding {
	const said = SENTENCE.exec(receipt);
	if (said === null) throw new Error(`The delivery watch says '${receipt}'`);
	const [in_klaviyo, in_meiro, sent, kept] = said
		.slice(1)
		.map((number) => Number(number.replaceAll(',', '')));
	return { in_klaviyo: in_klaviyo!, in_meiro: in_meiro!, sent: sent!, kept: kept! };
}
