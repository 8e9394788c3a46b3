import { NodeApiError, NodeOperationError, type IDataObject } from 'n8n-workflow';

import { forEachItem, requiredText } from '../../../shared/operation/operation';
import { identifierValue } from '../fields';
import type { CdpOperation } from '../operation';

/** What Meiro documents as the most (see below). */
const MAX_CUSTOM_PARAMETERS = 10;
const MAX_NAME_LENGTH = 128;

/** https://docs.meiro.io/books/meiro-knowledge-base/page/meiro-audience-api/ */
export const checkMembership: CdpOperation = {
	option: {
		name: 'Check Membership',
		value: 'checkMembership',
		description: 'Ask whether a person is in a segment, and for the attributes that Meiro released',
		action: 'Check whether a person is in an audience',
	},
	properties: [
		{
			displayName: 'Attribute ID',
			name: 'attributeId',
			type: 'string',
			default: 'ps_email_address',
			required: true,
			placeholder: 'e.g. ps_meiro_user_id',
			description: 'Identifying attribute by which Meiro looks the person up',
		},
		identifierValue,
		{
			displayName: 'Segment',
			name: 'segmentId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 12',
			description:
				'Number of the segment. Meiro checks 10 segments by default; ask Meiro to add yours.',
		},
		{
			displayName: 'Custom Parameters',
			name: 'customParameters',
			type: 'fixedCollection',
			typeOptions: { multipleValues: true },
			placeholder: 'Add parameter',
			default: {},
			description: 'Query parameters of your own, at most 10',
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
		const segment = requiredText(context, 'segmentId', 'Segment', index);
		const { parameter = [] } = context.getNodeParameter('customParameters', index, {}) as {
			parameter?: Array<{ name: string; value: string }>;
		};
		const wrong = problemWith(segment, parameter);
		if (wrong !== null) {
			throw new NodeOperationError(context.getNode(), wrong, { itemIndex: index });
		}
		const asked = {
			attribute: requiredText(context, 'attributeId', 'Attribute ID', index),
			value: requiredText(context, 'identifierValue', 'Identifier Value', index),
			segment: Number(segment),
		};
		const { status, body } = await client.request({
			api: 'audience',
			path: '/wbs',
			query: { ...Object.fromEntries(parameter.map(({ name, value }) => [name, value])), ...asked },
			accept: [404],
		});
		if (status === 404 && body.status !== 'error') {
			const message = `There is no Audience API at the address in 'Audience API URL' (404). Enter it without /wbs, e.g. https://cdp.example.meiro.io`;
			throw new NodeApiError(context.getNode(), { message }, { message, httpCode: '404' });
		}
		return [{ ...asked, is_member: status !== 404, ...answerOf(body) }];
	}),
};

/** 404 means both 'not in the segment' and 'not found'; only Meiro's message tells them apart. */
function answerOf(body: IDataObject): IDataObject {
	const { status, message, returned_attributes: attributes } = body;
	const id = (attributes as IDataObject | undefined)?.customer_entity_id;
	return {
		status,
		...(message === undefined ? {} : { message }),
		...(id === undefined ? {} : { customer_entity_id: id }),
		...(attributes === undefined ? {} : { returned_attributes: attributes }),
	};
}

function problemWith(segment: string, parameters: Array<{ name: string }>): string | null {
	if (!/^\d+$/.test(segment))
		return `'Segment' is not a number: '${segment}'. Copy it from Meiro, e.g. 12`;
	if (parameters.length > MAX_CUSTOM_PARAMETERS) {
		return `'Custom Parameters' has ${parameters.length} entries; Meiro takes ${MAX_CUSTOM_PARAMETERS}`;
	}
	const own = parameters.find(({ name }) => ['attribute', 'value', 'segment'].includes(name));
	if (own)
		return `'Custom Parameters' has a name that Meiro uses itself: '${own.name}'. Take another`;
	return parameters.some(({ name }) => name === '' || name.length > MAX_NAME_LENGTH)
		? `A name in 'Custom Parameters' is empty or longer than ${MAX_NAME_LENGTH} characters`
		: null;
}
