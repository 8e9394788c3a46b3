import type { IDataObject } from 'n8n-workflow';

import type { KlaviyoClient } from '../../api/klaviyoClient';
import { condition, filterOf } from '../../api/filter';
import { labelOf, ownFlows } from '../../api/klaviyoLookups';
import { flowUrl } from '../../../shared/event/flowUrl';
import { commaList } from '../../../shared/operation/fields';
import { attributesOf } from '../operation';

/** What one check found, in words for the person who set it up. */
export interface Finding extends IDataObject {
	check: string;
	name: string | null;
	finding: string;
	is_fine: boolean;
	/** What to do; null when all is well. */
	advice: string | null;
	/** Where to do it. */
	url?: string;
}

const DAYS = 7;
const DAY_MS = 86_400_000;
const EVENTS_LOOKED_AT = 20;
const PROFILES_LOOKED_AT = 100;
const NAMES_SHOWN = 15;

export async function checkFlows(client: KlaviyoClient): Promise<Finding[]> {
	const flows = await ownFlows(client);
	if (flows.length === 0) {
		return [
			{
				check: 'Klaviyo flow',
				name: null,
				finding: 'n8n has made no flow in this account.',
				is_fine: false,
				advice:
					"Publish a workflow whose Klaviyo Trigger has 'Create the Flow for Me'. A flow that you made yourself is not looked at.",
			},
		];
	}
	return flows.map((flow) => {
		const { name, status } = attributesOf(flow);
		const isLive = status === 'live';
		return {
			check: 'Klaviyo flow',
			name: String(name),
			finding: `The flow is ${String(status)}.`,
			is_fine: isLive,
			advice: isLive ? null : 'Open it in Klaviyo and set it live: before that, nothing comes.',
			url: flowUrl(String(flow.id)),
		};
	});
}

/**
 * Each metric of a name, as there is one per integration, and the properties of its last events.
 *
 * @param wanted names or IDs, separated by commas; a name may have a comma itself
 */
export async function checkMetrics(
	client: KlaviyoClient,
	wanted: string,
	properties: string[],
): Promise<Finding[]> {
	const all = await client.all({
		path: '/api/metrics',
		query: { 'fields[metric]': 'name,integration' },
		scopes: 'metrics:read',
	});
	const isOne = all.some((metric) => attributesOf(metric).name === wanted);
	const found: Finding[] = [];
	for (const each of isOne ? [wanted] : commaList(wanted))
		found.push(...(await checkMetric(client, all, each, properties)));
	return found;
}

async function checkMetric(
	client: KlaviyoClient,
	all: IDataObject[],
	nameOrId: string,
	properties: string[],
): Promise<Finding[]> {
	const chosen = all.find(({ id }) => id === nameOrId);
	const name = String(chosen === undefined ? nameOrId : attributesOf(chosen).name);
	const metrics = all.filter((metric) => attributesOf(metric).name === name);
	if (metrics.length === 0) {
		const names = [...new Set(all.map((metric) => String(attributesOf(metric).name)))];
		const isAlike = (other: string) => other.toLowerCase() === name.toLowerCase();
		return [
			{
				check: 'Metric',
				name,
				finding: 'The account has no metric of this name.',
				is_fine: false,
				advice: `Write it as Klaviyo does, e.g. ${shown([...names.filter(isAlike), ...names.sort()])}.`,
			},
		];
	}
	const found: Finding[] = [];
	for (const metric of metrics) {
		const isOther = chosen !== undefined && metric !== chosen;
		found.push(await countEvents(client, metric, isOther));
		if (!isOther) found.push(...(await checkEventProperties(client, metric, properties)));
	}
	return found;
}

/**
 * https://developers.klaviyo.com/en/reference/query_metric_aggregates; days in UTC.
 *
 * @param isOther whether another one of the name is in use, so that nothing need come in by this one
 */
async function countEvents(
	client: KlaviyoClient,
	metric: IDataObject,
	isOther: boolean,
): Promise<Finding> {
	const until = new Date();
	const since = new Date(until.getTime() - DAYS * DAY_MS);
	const wall = (moment: Date) => moment.toISOString().slice(0, 19);
	const { body } = await client.request({
		method: 'POST',
		path: '/api/metric-aggregates',
		body: {
			data: {
				type: 'metric-aggregate',
				attributes: {
					metric_id: String(metric.id),
					measurements: ['count'],
					interval: 'day',
					timezone: 'UTC',
					filter: [
						`greater-or-equal(datetime,${wall(since)})`,
						`less-than(datetime,${wall(until)})`,
					],
				},
			},
		},
		scopes: 'metrics:read',
	});
	const { data = [] } = attributesOf(body.data as IDataObject) as {
		data?: Array<{ measurements?: { count?: number[] } }>;
	};
	const count = data
		.flatMap(({ measurements }) => measurements?.count ?? [])
		.reduce((sum, each) => sum + each, 0);
	const isFine = isOther || count > 0;
	return {
		check: 'Metric',
		name: labelOf(metric),
		finding: `${said(count)} ${count === 1 ? 'event' : 'events'} in the last ${DAYS} days.${isOther ? ' It is not the one that you chose.' : ''}`,
		is_fine: isFine,
		advice: isFine
			? null
			: "Nothing comes in by this one. Choose the metric of the integration that sends your events under 'Metric Name or ID' of the Klaviyo Trigger.",
		count,
	};
}

async function checkEventProperties(
	client: KlaviyoClient,
	metric: IDataObject,
	properties: string[],
): Promise<Finding[]> {
	if (properties.length === 0) return [];
	const events = await client.all(
		{
			path: '/api/events',
			query: {
				...filterOf([condition('equals', 'metric_id', String(metric.id))]),
				'fields[event]': 'event_properties',
				sort: '-datetime',
				'page[size]': String(EVENTS_LOOKED_AT),
			},
			scopes: 'events:read',
		},
		EVENTS_LOOKED_AT,
	);
	const each = events.map((event) => (attributesOf(event).event_properties ?? {}) as IDataObject);
	const names = new Set(each.flatMap((held) => Object.keys(held)));
	const metricName = { metric: labelOf(metric) };
	return properties.map((name) => {
		if (each.length === 0) {
			return {
				check: 'Event property',
				name,
				finding: 'The metric has no event to look at.',
				is_fine: false,
				advice: 'Check again after the first one.',
				...metricName,
			};
		}
		const count = each.filter((held) => isFilled(valueAt(held, name))).length;
		const where = `the last ${each.length} events`;
		return seen('Event property', name, count, where, names, metricName);
	});
}

/**
 * Klaviyo counts no profiles by a property, so they are read: those that changed last, or page by page all of them.
 */
export async function checkDateProperty(
	client: KlaviyoClient,
	name: string,
	isOfAll: boolean,
): Promise<Finding[]> {
	const request = {
		path: '/api/profiles',
		query: {
			'fields[profile]': 'properties',
			sort: '-updated',
			'page[size]': String(PROFILES_LOOKED_AT),
		},
		scopes: 'profiles:read',
	};
	const names = new Set<string>();
	let [count, total] = [0, 0];
	for await (const page of client.pages(request, isOfAll ? undefined : PROFILES_LOOKED_AT)) {
		total += page.length;
		for (const profile of page) {
			const held = (attributesOf(profile).properties ?? {}) as IDataObject;
			if (isFilled(held[name])) count++;
			for (const key of Object.keys(held)) names.add(key);
		}
	}
	const which = isOfAll ? `all ${said(total)} profiles` : `the ${total} profiles that changed last`;
	return [seen('Date property', name, count, which, names)];
}

const said = (count: number) => count.toLocaleString('en');

function seen(
	check: string,
	name: string,
	count: number,
	where: string,
	known: Set<string>,
	more: IDataObject = {},
): Finding {
	const names = [...known].sort();
	return {
		check,
		name,
		finding: `Filled in with ${said(count)} of ${where}.`,
		is_fine: count > 0,
		advice:
			count > 0
				? null
				: `Write it as Klaviyo does. ${names.length === 0 ? 'They have no properties at all' : `They have ${shown(names)}`}.`,
		count,
		...more,
	};
}

/** A dot leads inside, as under 'Event Properties' of the trigger. */
function valueAt(properties: IDataObject, name: string): unknown {
	if (name in properties) return properties[name];
	const [first = '', ...rest] = name.split('.');
	return [first === 'extra' && rest.length > 0 ? '$extra' : first, ...rest].reduce<unknown>(
		(value, step) => (Object(value) as IDataObject)[step],
		properties,
	);
}

function isFilled(value: unknown): boolean {
	return value !== undefined && value !== null && value !== '';
}

function shown(names: string[]): string {
	const few = names.slice(0, NAMES_SHOWN).join(', ');
	return names.length > NAMES_SHOWN ? `${few} and more` : few;
}
