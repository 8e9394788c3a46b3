import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { forEachItem } from '../../shared/operation/operation';
import type { ApiRequest } from '../api/klaviyoClient';
import { consentOf, emailSuppressionsOf } from '../normalise/apiResource';
import { attributesOf, idForPath, type KlaviyoOperation } from './operation';

/** What is counted. */
interface Counted {
	description: string;
	action: string;
	/** 'lists' or 'segments', and the parameter that says which; without it the whole account. */
	group?: { collection: string; locator: INodeProperties };
}

/** No more of a person is asked for than is counted. */
const QUERY = {
	'additional-fields[profile]': 'subscriptions',
	'fields[profile]': 'subscriptions',
	'page[size]': '100',
};

/**
 * Counts profiles page by page, so that it takes no more memory for many than for few.
 * https://developers.klaviyo.com/en/reference/get_profiles, …/get_profiles_for_list, …/get_profiles_for_segment
 */
export function counting({ description, action, group }: Counted): KlaviyoOperation {
	return {
		option: { name: 'Count Profiles', value: 'countProfiles', description, action },
		properties: group === undefined ? [] : [group.locator],
		execute: forEachItem(async (context, client, index) => {
			const counts = {
				...{ profiles: 0, reachable: 0, email_subscribed: 0, sms_subscribed: 0 },
				email_suppressed: 0,
			};
			for await (const page of client.pages(requestAt(context, index, group)))
				for (const profile of page) count(counts, profile);
			return [counts];
		}),
	};
}

function requestAt(context: IExecuteFunctions, index: number, group: Counted['group']): ApiRequest {
	if (group === undefined) return { path: '/api/profiles', query: QUERY, scopes: 'profiles:read' };
	const { collection, locator } = group;
	const { name, displayName } = locator;
	return {
		path: `/api/${collection}/${idForPath(context, name, displayName, index)}/profiles`,
		query: QUERY,
		scopes: `${collection}:read and profiles:read`,
		labels: { id: displayName },
	};
}

function count(counts: Record<string, number>, resource: IDataObject): void {
	const consent = consentOf(attributesOf(resource).subscriptions);
	const isSuppressed = emailSuppressionsOf(resource) !== undefined;
	const add = (name: string, isSo: boolean) => (counts[name]! += isSo ? 1 : 0);
	add('profiles', true);
	add(
		'reachable',
		consent.some((channel) => channel !== 'email' || !isSuppressed),
	);
	add('email_subscribed', consent.includes('email'));
	add('sms_subscribed', consent.includes('sms'));
	add('email_suppressed', isSuppressed);
}
