const FLOW_ID = /^[A-Za-z0-9]{1,32}$/;

/** Whether a text looks like an ID of Klaviyo's: a body may call anything its flow. */
export function isFlowId(id: string): boolean {
	return FLOW_ID.test(id);
}

/** Where a person opens a flow in Klaviyo (https://github.com/klaviyo/klaviyo-mcp-server, get_flows). */
export function flowUrl(id: string): string {
	return `https://www.klaviyo.com/flow/${encodeURIComponent(id)}/edit`;
}
