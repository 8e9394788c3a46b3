import { NodeOperationError } from 'n8n-workflow';

import { commaList } from '../../../shared/operation/fields';
import { forEachItem } from '../../../shared/operation/operation';
import type { CdpOperation } from '../operation';
import { askAudience, personFields } from './askAudience';

/** https://docs.meiro.dev/docs/api/meiro-cdp-api/audience-api: with tags[] the answer is `{ segment_ids }` */
export const getSegments: CdpOperation = {
	option: {
		name: 'Get Segments',
		value: 'getSegments',
		description: 'Ask in which segments a person is',
		action: 'Get the segments of a person',
	},
	properties: [
		...personFields,
		{
			displayName: 'Segment Tags',
			name: 'segmentTags',
			type: 'string',
			default: '',
			required: true,
			placeholder: 'e.g. n8n, win-back',
			description:
				'Tags of the segments to look through, with commas between them. Give a tag in Meiro to the segments that your workflows ask for.',
		},
	],
	execute: forEachItem(async (context, client, index) => {
		const tags = commaList(context.getNodeParameter('segmentTags', index));
		// Without tags it would be another question.
		if (tags.length === 0) {
			const message = "'Segment Tags' has no tag. Enter the tags of the segments to look through.";
			throw new NodeOperationError(context.getNode(), message, { itemIndex: index });
		}
		const { asked, isYes, said } = await askAudience(
			context,
			client,
			index,
			tags.map((tag) => ['tags[]', tag]),
		);
		return [{ ...asked, tags, found: isYes, ...said }];
	}),
};
