/** Klaviyo's filter language: https://developers.klaviyo.com/en/docs/filtering_ */

export type Operator =
	| 'contains'
	| 'equals'
	| 'greater-or-equal'
	| 'greater-than'
	| 'less-or-equal'
	| 'less-than';

/** One condition; undefined where there is nothing to compare with, so that the condition is left out. */
export function condition(
	operator: Operator,
	field: string,
	value: string | boolean | Date | undefined,
): string | undefined {
	if (value === undefined || value === '') return undefined;
	return `${operator}(${field},${literal(value)})`;
}

/** That a field has one of the values. */
export function anyOf(field: string, values: string[]): string {
	return `any(${field},[${values.map(literal).join(',')}])`;
}

/** The same for one value, for fields that Klaviyo compares with lists only; left out when it is empty. */
export function isOneOf(field: string, value: string): string | undefined {
	return value === '' ? undefined : anyOf(field, [value]);
}

/** All conditions together: a comma means "and". */
export function filterOf(conditions: Array<string | undefined>): { filter?: string } {
	const filter = conditions.filter((each) => each !== undefined).join(',');
	return filter === '' ? {} : { filter };
}

/** Texts stand in quotes, dates and truth values do not. */
function literal(value: string | boolean | Date): string {
	if (typeof value === 'boolean') return String(value);
	if (value instanceof Date) return value.toISOString();
	return quoted(value);
}

/** Without the backslashes a value could end its quotes and bring conditions of its own. */
function quoted(text: string): string {
	return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}
