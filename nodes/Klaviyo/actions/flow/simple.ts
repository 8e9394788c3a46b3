import type { IDataObject } from 'n8n-workflow';

import { attributesOf, simpleOf } from '../operation';

const FIELDS = ['name', 'status', 'archived', 'trigger_type', 'created', 'updated'];

/** What Klaviyo is asked for when only these are wanted. */
export const SPARSE = FIELDS.join(',');

export function simpleFlow(flow: IDataObject): IDataObject {
	const { definition } = attributesOf(flow);
	return { ...simpleOf(flow, FIELDS), ...(definition === undefined ? {} : { definition }) };
}
