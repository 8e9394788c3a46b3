import { forEachItem, requiredText } from '../../../shared/operation/operation';
import type { CdpOperation } from '../operation';
import { statusRequest } from './uploadStatus';

/** https://docs.meiro.dev/docs/api/meiro-cdp-api/create-customer-events */
export const getUploadStatus: CdpOperation = {
	option: {
		name: 'Get Upload Status',
		value: 'getUploadStatus',
		description: 'Ask how far an upload is. Returns Meiro’s answer as it is.',
		action: 'Get the status of a customer event upload',
	},
	properties: [
		{
			displayName: 'Upload ID',
			name: 'uploadId',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. 41f2cc9a-f7df-4ef8-b2e1-1bd4e627639a',
			description: 'What Customer Event: Upload returned as upload_id',
		},
	],
	execute: forEachItem(async (context, client, index) => {
		const id = requiredText(context, 'uploadId', 'Upload ID', index);
		return [(await client.request(statusRequest(id))).body];
	}),
};
