import type { IDataObject } from 'n8n-workflow';

/** One run of an operation against the specification. */
export interface ContractRow {
	resource: string;
	operation: string;
	/** What is special about it, when an operation has several rows. */
	variant?: string;
	parameters?: IDataObject;
	/** Default: one empty item. */
	items?: IDataObject[];
	/** What it is to send, in this order: '<METHOD> <path>'. */
	requests: string[];
}
