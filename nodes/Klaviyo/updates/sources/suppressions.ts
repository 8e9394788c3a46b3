import type { IDataObject } from 'n8n-workflow';

import { condition, filterOf } from '../../api/filter';
import { parseTime } from '../../../shared/event/time';
import { isObject, withoutAbsent } from '../../../shared/event/values';
import { attributesOf, profileOfResource, updateEvent } from '../../normalise/apiResource';
import type { UpdateRecord, UpdateSource } from '../record';
import { newestOf, recordsOf, WHOLE_PROFILES, type SourceContext } from './context';

const FIELD = 'subscriptions.email.marketing.suppression.timestamp';

/** Profiles by when email to them was suppressed: https://developers.klaviyo.com/en/reference/get_profiles */
export function suppressions(context: SourceContext, choice: string): UpdateSource {
	const recordOf = (resource: IDataObject): UpdateRecord | null => {
		const latest = latestSuppression(resource);
		if (latest === null) return null;
		const { time, reason } = latest;
		const key = `${String(resource.id)} ${reason} ${time}`;
		return {
			key,
			time: Date.parse(time),
			event: () =>
				updateEvent({
					...context,
					name: 'profile_suppressed',
					occurrence: `${reason} ${time}`,
					time,
					profile: profileOfResource(resource),
					properties: withoutAbsent({ channel: 'email', reason }),
					// Klaviyo does not tell who did it.
					fromMeiro: false,
				}),
		};
	};
	const request = (sort: string, since: Date) => ({
		path: '/api/profiles',
		query: { ...filterOf([condition('greater-or-equal', FIELD, since)]), sort, ...WHOLE_PROFILES },
		scopes: 'profiles:read',
	});
	return {
		id: 'suppressions',
		choice,
		moves: true,
		pages: (from) => recordsOf(context, request(FIELD, new Date(from)), recordOf),
		// Without the filter profiles that are not suppressed come along.
		newest: async (limit) =>
			await newestOf(context, request(`-${FIELD}`, new Date(0)), recordOf, limit),
	};
}

/** A profile can be suppressed for several reasons; the listing is taken to be sorted by the latest. */
function latestSuppression(resource: IDataObject): { time: string; reason?: string } | null {
	let subscriptions: unknown = attributesOf(resource).subscriptions;
	for (const step of ['email', 'marketing', 'suppression']) {
		subscriptions = isObject(subscriptions) ? subscriptions[step] : undefined;
	}
	if (!Array.isArray(subscriptions)) return null;
	const found = (subscriptions as IDataObject[])
		.map(({ timestamp, reason }) => ({ time: parseTime(timestamp), reason: reason as string }))
		.filter((each): each is { time: string; reason: string } => each.time !== undefined);
	return found.sort((a, b) => b.time.localeCompare(a.time))[0] ?? null;
}
