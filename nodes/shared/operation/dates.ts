import { NodeOperationError, type IExecuteFunctions, type IPollFunctions } from 'n8n-workflow';

import { momentIn } from '../event/moment';

/**
 * The moment that a date field names, undefined when it is empty. n8n's date picker writes no offset and means the
 * workflow's time zone.
 *
 * @throws NodeOperationError that names the field
 */
export function dateOf(
	context: IExecuteFunctions | IPollFunctions,
	value: unknown,
	label: string,
	itemIndex?: number,
): Date | undefined {
	if (value === undefined || value === null || String(value).trim() === '') return undefined;
	const moment = momentIn(value, context.getTimezone());
	if (moment !== null) return moment;
	throw new NodeOperationError(
		context.getNode(),
		`'${label}' is not a date: '${String(value)}'. Enter one such as 2031-02-03T04:05:06Z.`,
		itemIndex === undefined ? {} : { itemIndex },
	);
}
