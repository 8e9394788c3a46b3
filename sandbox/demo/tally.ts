import type { Delivery, SystemDelivery } from '../klaviyo';

/** What Klaviyo sent to a scenario's workflow, so far as Klaviyo knows. */
export interface Sendings {
	/** Of flows. */
	deliveries: Delivery[];
	/** Of system webhooks, each with many events. */
	system: SystemDelivery[];
}

export interface Tally {
	sent: number;
	resent: number;
	acknowledged: number;
}

/** Deliveries of flows and events of system webhooks; null where the workflow fetches by itself. */
export function tallyOf({ deliveries, system }: Sendings): Tally | null {
	if (deliveries.length + system.length === 0) return null;
	const eventsOf = (some: SystemDelivery[]) => some.reduce((sum, { events }) => sum + events, 0);
	return {
		sent: deliveries.length + eventsOf(system),
		resent: deliveries.filter(wasAnswered503).length + eventsOf(system.filter(wasAnswered503)),
		acknowledged:
			deliveries.filter(({ acknowledged_at }) => acknowledged_at !== null).length +
			eventsOf(system.filter(({ status }) => status === 'sent')),
	};
}

function wasAnswered503({ attempts }: Pick<Delivery, 'attempts'>): boolean {
	return attempts.some(({ http_status }) => http_status === 503);
}
