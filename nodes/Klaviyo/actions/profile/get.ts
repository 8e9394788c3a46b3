import {
	NodeApiError,
	NodeOperationError,
	type IDataObject,
	type IExecuteFunctions,
} from 'n8n-workflow';

import type { KlaviyoClient } from '../../api/klaviyoClient';
import { groupNamesOf } from '../../api/klaviyoGroups';
import { forEachItem } from '../../../shared/operation/operation';
import { simplify, wantsSimple } from '../../../shared/operation/fields';
import { problemWithPath } from '../../../shared/http/path';
import type { KlaviyoOperation } from '../operation';
import { identifierAt, LABELS, oneIdentifier } from './identifiers';
import { lookUp, type Found, type Identifier } from './lookUp';
import { includeSubscriptions, profileOutput, profileQuery } from './simplify';

const BY: Identifier[] = ['email', 'external_id', 'klaviyo_id', 'phone_number'];

/** What a profile can be asked for beside itself. */
type Part = 'lists' | 'predictions' | 'segments';

const GROUPS = { lists: 'list', segments: 'segment' } as const;

/** https://developers.klaviyo.com/en/reference/get_profile, https://developers.klaviyo.com/en/reference/get_profiles */
export const get: KlaviyoOperation = {
	option: {
		name: 'Get',
		value: 'get',
		description: 'Get a profile by one of its identifiers; many items share a request',
		action: 'Get a profile',
	},
	properties: [
		...oneIdentifier(BY, 'By what Klaviyo shall know the profile'),
		{
			displayName: 'If Not Found',
			name: 'ifNotFound',
			type: 'options',
			options: [
				{ name: 'Fail', value: 'fail', description: 'The item fails' },
				{ name: 'Return Found: False', value: 'tell', description: 'The item says found: false' },
			],
			default: 'fail',
			description:
				'What to do when Klaviyo has no such profile. One that was merged into another is deleted, so that its old ID finds nothing, or the other one: then merged_into tells its ID.',
		},
		includeSubscriptions,
		{
			displayName: 'Include',
			name: 'include',
			type: 'multiOptions',
			options: [
				{
					name: 'Lists',
					value: 'lists',
					description: 'By name; one more request for each profile',
				},
				{
					name: 'Predictive Analytics',
					value: 'predictions',
					description: 'Klaviyo’s predictions, such as predicted_clv and churn_probability',
				},
				{
					name: 'Segments',
					value: 'segments',
					description: 'By name; one more request for each profile',
				},
			],
			default: [],
			description:
				'What to add to the profile’s properties, as klaviyo_lists, klaviyo_segments and predictive_analytics. Klaviyo allows lists and segments of 3 profiles a second.',
		},
		simplify,
	],
	async execute(context, client) {
		const wishes = context.getInputData().flatMap((_, index) => wishesAt(context, index));
		const lookedUp = remembering(client, wishes);
		return await forEachItem<KlaviyoClient>(async (_context, _client, index) => {
			const wish = wishAt(context, index);
			const { resource, mergedInto } = await lookedUp(wish);
			if (resource !== null) {
				const merged = mergedInto === undefined ? {} : { merged_into: mergedInto };
				const output = profileOutput(resource, wish.isSimple);
				return [{ ...withGroups(output, await groupsOf(client, resource, wish)), ...merged }];
			}
			const { by, value } = wish;
			if (context.getNodeParameter('ifNotFound', index) === 'tell')
				return [{ found: false, [by]: value }];
			const hint =
				by === 'klaviyo_id' ? ' It may have been deleted, or merged into another profile.' : '';
			const message = `Klaviyo has no profile with this '${LABELS[by]}'.${hint} Check the value, or set 'If Not Found' to Return Found: False.`;
			throw new NodeApiError(context.getNode(), { message }, { message, httpCode: '404' });
		})(context, client);
	},
};

/** Whom one item asks for, and what of them. */
interface Wish {
	by: Identifier;
	value: string;
	isSimple: boolean;
	subscriptions: boolean;
	include: Part[];
}

/** @throws NodeOperationError for an identifier that can't be asked for: it must not stand in the way of the others */
function wishAt(context: IExecuteFunctions, index: number): Wish {
	const { by, value } = identifierAt(context, index);
	const problem = by === 'klaviyo_id' ? problemWithPath(value) : null;
	if (problem !== null) throw new NodeOperationError(context.getNode(), problem);
	return {
		by,
		value,
		isSimple: wantsSimple(context, index),
		subscriptions: context.getNodeParameter('includeSubscriptions', index, false) === true,
		include: context.getNodeParameter('include', index, []) as Part[],
	};
}

/** Names of the lists and segments that are wanted, under the names that Event: Complete gives them. */
async function groupsOf(
	client: KlaviyoClient,
	{ id }: IDataObject,
	{ include }: Wish,
): Promise<IDataObject> {
	const names: IDataObject = {};
	for (const [part, type] of Object.entries(GROUPS)) {
		if (!include.includes(part as Part)) continue;
		names[`klaviyo_${part}`] = await groupNamesOf(client, type, String(id));
	}
	return names;
}

/** Beside the person's own properties, whether simplified or as Klaviyo gives them. */
function withGroups(output: IDataObject, names: IDataObject): IDataObject {
	if (Object.keys(names).length === 0) return output;
	const attributes = output.attributes as IDataObject | undefined;
	const properties = { ...((attributes ?? output).properties as IDataObject), ...names };
	return attributes === undefined
		? { ...output, properties }
		: { ...output, attributes: { ...attributes, properties } };
}

/** None for an item that can't be read: it tells why when its turn comes. */
function wishesAt(context: IExecuteFunctions, index: number): Wish[] {
	try {
		return [wishAt(context, index)];
	} catch {
		return [];
	}
}

/** Looks up what is wished for the same way together, once, when the first of them is needed. */
function remembering(client: KlaviyoClient, wishes: Wish[]): (wish: Wish) => Promise<Found> {
	const groups = new Map<string, Promise<Map<string, Found> | null>>();
	return async (wish) => {
		const { by, value, isSimple, subscriptions, include } = wish;
		const predictions = include.includes('predictions');
		const query = profileQuery(isSimple, { subscriptions, predictions });
		const key = wayOf(wish);
		const values = wishes.filter((each) => wayOf(each) === key).map((each) => each.value);
		const group =
			groups.get(key) ??
			lookUp(client, by, values, query).catch(async (error: unknown) => {
				// One value that Klaviyo does not take must not stand in the way of the others.
				if (error instanceof NodeApiError && error.httpCode === '400') return null;
				return await Promise.reject(error as Error);
			});
		groups.set(key, group);
		const found = (await group) ?? (await lookUp(client, by, [value], query));
		return found.get(value) ?? { resource: null };
	};
}

function wayOf({ by, isSimple, subscriptions, include }: Wish): string {
	return JSON.stringify([by, isSimple, subscriptions, include.includes('predictions')]);
}
