import { clip } from '../../../shared/http/answer';
import { forEachItem, requiredText } from '../../../shared/operation/operation';
import { identifierValue } from '../fields';
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
		identifierValue,
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
		return [
			{
				found: false,
				identifier_type: type,
				identifier_value: value,
				message: said,
				code: body.code ?? null,
			},
		];
	}),
};
