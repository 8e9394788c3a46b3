// What the template delivery-watch finds of events that a strike has cost.
import { bodyOf } from '../../bench/cases';
import type { Instance } from '../../sandbox/instance';
import { dataTableRows } from '../../sandbox/n8n/dataTables';
import { runByHand } from '../../sandbox/n8n/executions';
import { importTemplate } from '../../sandbox/n8n/templates';

const HOUR_MS = 3_600_000;
const METRIC = 'Placed Order';
/** The watch judges an hour when it has been over for one, and for a day. */
const YOUNGEST_HOUR = 2;
const OLDEST_HOUR = 24;

/** A row of the watch's table. */
export interface Finding {
	in_klaviyo: number;
	delivered: number;
	state: string;
}

/** The events of one strike. */
export interface Watched {
	body(number: number): string;
	judge(): Promise<Finding>;
}

/** The template with its own Klaviyo Trigger and Meiro Events; every strike's events happened in an hour of their own. */
export class DeliveryWatch {
	private readonly thisHour = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;

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
		const { client, packageName, credentials } = instance;
		const { workflowId, nodes } = await importTemplate(
			{
				...{ client, packageName },
				credentials: {
					klaviyoWebhookApi: credentials.webhook,
					klaviyoPrivateKeyApi: credentials.klaviyo,
					meiroEventsApi,
				},
			},
			{
				template: 'delivery-watch',
				parameters: {
					'Order Placed': { setUp: 'manual' },
					'Meiro Events': meiroEvents,
					'What to Watch': {
						assignments: {
							assignments: [
								{ id: '1', name: 'metrics', type: 'array', value: JSON.stringify([METRIC]) },
								// Not one may be missing, which in practice would tell of each that is merely late.
								{ id: '2', name: 'events_that_may_be_missing', type: 'number', value: 0 },
								{ id: '3', name: 'share_that_may_be_missing', type: 'number', value: 0 },
								{
									id: '4',
									name: 'since',
									type: 'string',
									value: new Date(Date.now() - OLDEST_HOUR * HOUR_MS).toISOString(),
								},
							],
						},
					},
					// It runs by hand only: a run in the middle of a strike would be one more execution to account for.
					'Every Hour': { rule: { interval: [{ field: 'months', monthsInterval: 12 }] } },
				},
			},
		);
		const { webhookId } = nodes.find(({ name }) => name === 'Order Placed')!;
		return new DeliveryWatch(instance, workflowId, `/webhook/${webhookId}/klaviyo`);
	}

	/** `count` orders from number `first` on, which Klaviyo has counted. `turn` counts the strikes from 0 on. */
	orders(turn: number, first: number, count: number): Watched {
		const start = this.thisHour - (YOUNGEST_HOUR + turn) * HOUR_MS;
		const timeOf = (number: number) => new Date(start + (number % 3600) * 1000);
		this.instance.klaviyo.seedEvents(
			Array.from({ length: count }, (_, index) => first + index).map((number) => ({
				metric: METRIC,
				service: 'Lamp Shop',
				profile: `person-${number}@shop.example`,
				time: timeOf(number),
				unique_id: `order-${number}`,
			})),
		);
		return {
			body: (number) => bodyOf(number, { timestamp: timeOf(number).toISOString() }),
			judge: async () => await this.judge(new Date(start).toISOString()),
		};
	}

	private async judge(hour: string): Promise<Finding> {
		await runByHand(this.instance, this.workflowId, 'Every Hour');
		const rows = await dataTableRows(this.instance, 'Klaviyo delivery watch');
		const row = rows.find((each) => each.hour === hour);
		if (row === undefined) throw new Error(`The delivery watch has no row for ${hour}`);
		const { in_klaviyo, delivered, state } = row as unknown as Finding;
		return { in_klaviyo, delivered, state };
	}
}
