import { publishRow } from '../../sandbox/instance';
import { ARRIVE_WITHIN_MS, throughMeiro, type Case } from './case';
import { meiroEvents, trigger } from './nodes';

const TOPIC = 'event:api.placed_order';
/** Long enough ago for every event to have happened: a time to come is cut to the receipt, the same one for all of a delivery. */
const BEGIN_MS = Date.UTC(2020, 1, 3);

/** System webhooks: up to 1,000 events a delivery, signed by the stand-in as Klaviyo does it. */
function systemCase(name: string, product: 'pipes' | 'source', count: number): Case {
	return {
		name,
		what: `system webhooks of 1,000 events → Meiro Events to ${product === 'pipes' ? 'Pipes' : 'a webhook source'}`,
		count,
		async prepare(instance) {
			const known = new Set(instance.klaviyo.systemWebhooks().map(({ id }) => id));
			await publishRow(
				instance,
				name,
				[
					trigger(instance, { setUp: 'systemWebhook', topics: [TOPIC] }),
					meiroEvents(instance, product),
				],
				'{id}/klaviyo',
			);
			const own = instance.klaviyo.systemWebhooks().find(({ id }) => !known.has(id))!;
			return async (first, events) =>
				await throughMeiro(instance, events, async () => {
					const deliveries = instance.klaviyo.sendSystemEvents(
						own.id,
						Array.from({ length: events }, (_, index) => ({
							topic: TOPIC,
							external_id: `e${String(first + index).padStart(10, '0')}`,
							profile_id: `01JZ${String(first + index).padStart(22, '0')}`,
							time: new Date(BEGIN_MS + (first + index) * 1000),
							properties: { $value: 41.5, OrderId: `order-${first + index}` },
						})),
					);
					await instance.klaviyo.systemSettled(ARRIVE_WITHIN_MS);
					const acks_ms = deliveries.flatMap(({ attempts }) => attempts.at(-1)?.duration_ms ?? []);
					return {
						acks_ms,
						dropped: deliveries.filter(({ status }) => status !== 'sent').length * 1000,
					};
				});
		},
	};
}

export const SYSTEM = systemCase('ours_system_webhook', 'pipes', 20_000);
export const SYSTEM_TO_SOURCE = systemCase('ours_system_webhook_to_source', 'source', 2000);
