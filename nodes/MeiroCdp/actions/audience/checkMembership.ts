import { NodeOperationError, type IDataObject } from 'n8n-workflow';

import { locator } from '../../../shared/operation/fields';
import { forEachItem, textParameter } from '../../../shared/operation/operation';
import type { CdpOperation } from '../operation';
import { askAudience, personFields } from './askAudience';

/** What Meiro documents as the most (see below). */
const MAX_CUSTOM_PARAMETERS = 10;
const MAX_NAME_LENGTH = 128;

/** https://docs.meiro.dev/docs/api/meiro-cdp-api/audience-api */
export const checkMembership: CdpOperation = {
	option: {
		name: 'Check Membership',
		value: 'checkMembership',
		description:
			'Ask whether a person is in a segment, and for the attributes and data that Meiro released',
		action: 'Check whether a person is in an audience',
	},
	properties: [
		...personFields,
		locator(
			'Segment',
			'segmentId',
			'searchSegments',
			'Segment that the person is looked for in. Empty: only whether Meiro knows the person. Meiro checks 10 segments by default; ask Meiro to add yours.',
			{ required: false },
			'e.g. 12',
		),
		{
			displayName: 'Custom Parameters',
			name: 'customParameters',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add parameter',
			default: {},
			description:
				'For the queries that Meiro made for you, at most 10 names. A name that stands there twice has two values.',
			options: [
				{
					displayName: 'Parameter',
					name: 'parameter',
					values: [
						{
							displayName: 'Name',
							name: 'name',
							type: 'string',
							default: '',
							description: 'At most 128 characters',
						},
						{
							displayName: 'Value',
							name: 'value',
							type: 'string',
							default: '',
							description: 'What Meiro gets as the parameter',
						},
					],
				},
			],
		},
	],
	execute: forEachItem(async (context, client, index) => {
		const segment = textParameter(context, 'segmentId', index);
		const { parameter = [] } = context.getNodeParameter('customParameters', index, {}) as {
			parameter?: Array<{ name: string; value: string }>;
		};
		const wrong = problemWith(segment, parameter);
		if (wrong !== null) {
			throw new NodeOperationError(context.getNode(), wrong, { itemIndex: index });
		}
		const { asked, isYes, said } = await askAudience(context, client, index, [
			...parameter.map(({ name, value }): [string, string] => [name, String(value)]),
			...(segment === '' ? [] : ([['segment', segment]] as Array<[string, string]>)),
		]);
		const yes = segment === '' ? { found: isYes } : { segment: Number(segment), is_member: isYes };
		return [{ ...asked, ...yes, ...withCustomerId(said) }];
	}),
};

/** All that Meiro says; the customer's ID, which older answers have among the attributes alone, always at the top. */
function withCustomerId(said: IDataObject): IDataObject {
	const id = (said.returned_attributes as IDataObject | null | undefined)?.customer_entity_id;
	return id === undefined ? said : { customer_entity_id: id, ...said };
}

function problemWith(segment: string, parameters: Array<{ name: string }>): string | null {
	if (!/^\d*$/.test(segment))
		return `'Segment' is not a number: '${segment}'. Choose it from the list, or copy its number from Meiro, e.g. 12`;
	const names = new Set(parameters.map(({ name }) => name));
	if (names.size > MAX_CUSTOM_PARAMETERS) {
		return `'Custom Parameters' has ${names.size} names; Meiro takes ${MAX_CUSTOM_PARAMETERS}`;
	}
	const own = ['attribute', 'value', 'segment', 'tags[]'].find((name) => names.has(name));
	if (own !== undefined)
		return `'Custom Parameters' has a name that Meiro uses itself: '${own}'. Take another`;
	return [...names].some((name) => name === '' || name.length > MAX_NAME_LENGTH)
		? `A name in 'Custom Parameters' is empty or longer than ${MAX_NAME_LENGTH} characters`
		: null;
}
