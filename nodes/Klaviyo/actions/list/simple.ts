import type { IDataObject } from 'n8n-workflow';

import { simpleOf } from '../operation';

/** What Simplify keeps of a list. */
export const LIST_FIELDS = ['name', 'opt_in_process', 'created', 'updated'];

export function simpleList(list: IDataObject): IDataObject {
	return simpleOf(list, LIST_FIELDS);
}
