/** Where a person opens a flow in Klaviyo (https://github.com/klaviyo/klaviyo-mcp-server, get_flows). */
export function flowUrl(id: string): string {
	return `https://www.klaviyo.com/flow/${encodeURIComponent(id)}/edit`;
}
