import type { IDataObject } from 'n8n-workflow';

import { condition, filterOf } from '../../api/filter';
import { parseTime, timeOf } from '../../../shared/event/time';
import { withoutAbsent } from '../../../shared/event/values';
import {
	attributesOf,
	emailSuppressionsOf,
	profileOfResource,
	updateEvent,
} from '../../normalise/apiResource';
import type { UpdateRecord, UpdateSource } from '../record';
import { newestOf, recordsOf, WHOLE_PROFILES, type SourceContext } from './context';

export type GroupKind = 'list' | 'segment';

/** A list or a segment. */
export interface Group {
	kind: GroupKind;
	id: string;
	name: string;
}

export function referenceTo({ kind, id, name }: Group) {
	return { [kind]: { id, name } };
}

export function scopesOf(kind: GroupKind): string {
	return `${kind}s:read and profiles:read`;
}

/**
 * Who joined a list or segment: https://developers.klaviyo.com/en/reference/get_profiles_for_list and
 * https://developers.klaviyo.com/en/reference/get_profiles_for_segment
 */
export function joinedMembers(context: SourceContext, group: Group, choice: string): UpdateSource {
	const recordOf = (resource: IDataObject): UpdateRecord => {
		const { joined_group_at: joined } = attributesOf(resource);
		const time = parseTime(joined);
		const key = `${String(resource.id)} ${time}`;
		return {
			key,
			time: timeOf(joined),
			event: () =>
				updateEvent({
					...context,
					...referenceTo(group),
					name: `joined_${group.kind}`,
					time,
					profile: profileOfResource(resource),
					properties: withoutAbsent({ email_suppressions: emailSuppressionsOf(resource) }),
					// Klaviyo does not tell who added them.
					fromMeiro: false,
				}),
		};
	};
	const request = (sort: string, since?: Date) => ({
		path: `/api/${group.kind}s/${encodeURIComponent(group.id)}/profiles`,
		query: {
			...filterOf([condition('greater-or-equal', 'joined_group_at', since)]),
			sort,
			...WHOLE_PROFILES,
		},
		scopes: scopesOf(group.kind),
	});
	return {
		id: `${group.kind}:${group.id}`,
		choice,
		moves: true,
		pages: (from) => recordsOf(context, request('joined_group_at', new Date(from)), recordOf),
		newest: async (limit) => await newestOf(context, request('-joined_group_at'), recordOf, limit),
	};
}
