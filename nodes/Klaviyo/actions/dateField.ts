import type { INodeProperties } from 'n8n-workflow';

/** A filter by time, see `dateOf`. */
export function dateField(displayName: string, name: string): INodeProperties {
	return {
		displayName,
		name,
		type: 'dateTime',
		default: '',
		description: 'A time without an offset is one of the workflow’s time zone',
	};
}
