import type { Delivery } from '../klaviyo';

export interface Tally {
	sent: number;
	resent: number;
	acknowledged: number;
}

/** What Klaviyo's flows sent to a scenario's workflow; null where the workflow fetches by itself. */
export function tallyOf(deliveries: Delivery[]): Tally | null {
	if (deliveries.length === 0) return null;
	return {
		sent: deliveries.length,
		resent: deliveries.filter(wasAnswered503).length,
		acknowledged: deliveries.filter(({ acknowledged_at }) => acknowledged_at !== null).length,
	};
}

function wasAnswered503({ attempts }: Delivery): boolean {
	return attempts.some(({ http_status }) => http_status === 503);
}
