import { NodeApiError } from 'n8n-workflow';

import { clip } from '../../../shared/http/answer';
import { forEachItem, requiredText } from '../../../shared/operation/operation';
import type { CdpOperation } from '../operation';

/** GET /profile-api/<slug>: https://github.com/meiroio/mobile_sdk_flutter; what a miss looks like is not documented */
export const get: CdpOperation = {
	option: {
		name: 'Get',
		value: 'get',
		description: 'Get a person’s attributes and audiences from the profile API of Meiro Pipes',
		action: 'Get a profile',
	},
	properties: [
		{
			displayName: 'API Slug',
			name: 'slug',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. website',
			description:
				'Name of the profile API in Meiro Pipes: what stands behind /profile-api/ in its address',
		},
		{
			displayName: 'Identifier Type',
			name: 'identifierType',
			type: 'string',
			default: 'email',
			required: true,
			placeholder: 'e.g. user_id',
			description:
				'Identifier type of your Pipes, e.g. email, phone, user_id, meiro_id, cookie or device_id',
		},
		{
			displayName: 'Identifier Value',
			name: 'identifierValue',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. ana@shop.example',
			description: 'The person’s value of that identifier',
		},
		{
			displayName: 'If Not Found',
			name: 'ifNotFound',
			type: 'options',
			options: [
				{ name: 'Fail', value: 'fail', description: 'The item fails' },
				{
					name: 'Return Found: False',
					value: 'tell',
					description: 'The item says found: false, with the message of Meiro',
				},
			],
			default: 'tell',
			description: 'What to do when there is no such profile',
		},
	],
	execute: forEachItem(async (context, client, index) => {
		const slug = requiredText(context, 'slug', 'API Slug', index);
		const type = requiredText(context, 'identifierType', 'Identifier Type', index);
		const value = requiredText(context, 'identifierValue', 'Identifier Value', index);
		const { status, body } = await client.request({
			api: 'pipes',
			path: `/profile-api/${encodeURIComponent(slug)}`,
			query: { identifier_type: type, identifier_value: value },
			accept: [404],
		});
		if (status !== 404) return [{ found: true, ...body }];
		const said = clip(String(body.error ?? body.message ?? 'without a reason'));
		if (context.getNodeParameter('ifNotFound', index) === 'tell') {
			return [
				{
					found: false,
					identifier_type: type,
					identifier_value: value,
					message: said,
					code: body.code ?? null,
				},
			];
		}
		const message = `No profile has this 'Identifier Value', or 'API Slug' is unknown: Meiro answered 404 (${said}). Check both.`;
		throw new NodeApiError(context.getNode(), { message }, { message, httpCode: '404' });
	}),
};
