import {
	NodeApiError,
	type IDataObject,
	type IExecuteFunctions,
	type INodeProperties,
} from 'n8n-workflow';

import { requiredText } from '../../../shared/operation/operation';
import type { MeiroClient } from '../../api/cdpClient';
import { identifierValue } from '../fields';

/** The person whom both questions are about. */
export const personFields: INodeProperties[] = [
	{
		displayName: 'Attribute ID',
		name: 'attributeId',
		type: 'string',
		default: 'ps_email_address',
		required: true,
		placeholder: 'e.g. ps_meiro_user_id',
		description:
			'ID of the stitching category by which Meiro looks the person up. You find it in Meiro under Identity Stitching, where each category is switched on for the Audience API by itself.',
	},
	identifierValue,
];

/** What Meiro says of a person. */
export interface AudienceAnswer {
	asked: { attribute: string; value: string };
	/** False for Meiro's own 404: 'not in the segment' or 'not found', only its message tells which. */
	isYes: boolean;
	/** Everything that Meiro said. */
	said: IDataObject;
}

/**
 * GET /wbs, which needs no login: https://docs.meiro.dev/docs/api/meiro-cdp-api/audience-api
 *
 * @param parameters names and values; a name may come several times
 * @throws NodeApiError when no Audience API is there
 */
export async function askAudience(
	context: IExecuteFunctions,
	client: MeiroClient,
	index: number,
	parameters: Array<[name: string, value: string]>,
): Promise<AudienceAnswer> {
	const asked = {
		attribute: requiredText(context, 'attributeId', 'Attribute ID', index),
		value: requiredText(context, 'identifierValue', 'Identifier Value', index),
	};
	// Written here: how n8n writes several values of one name is not Meiro's way.
	const query = new URLSearchParams([...parameters, ...Object.entries(asked)]);
	const { status, body } = await client.request({
		api: 'audience',
		path: `/wbs?${query.toString()}`,
		accept: [404],
	});
	if (status === 404 && body.status !== 'error') {
		const message = `There is no Audience API at the address in 'Audience API URL' (404). Enter it without /wbs, e.g. https://cdp.example.meiro.io`;
		throw new NodeApiError(context.getNode(), { message }, { message, httpCode: '404' });
	}
	return { asked, isYes: status !== 404, said: body };
}
