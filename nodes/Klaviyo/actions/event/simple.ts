import type { IDataObject } from 'n8n-workflow';

import { jsonOfItem } from '../../../shared/event/contract';
import { simplify, textField } from '../../../shared/operation/fields';
import { textParameter } from '../../../shared/operation/operation';
import type { Wish } from '../../../shared/operation/getMany';
import { metricEvent } from '../../normalise/apiResource';
import { attributesOf } from '../operation';
import { profileQuery } from '../profile/simplify';

/** Label of the account, which simplified events carry. */
export const accountField = {
	...textField(
		'Account',
		'account',
		'e.g. shop-cz',
		'Label of the Klaviyo account: the same as in the triggers, as it is part of an event’s ID',
	),
	displayOptions: { show: { simplify: [true] } },
};

export const simplifyEvent = {
	...simplify,
	hint: 'Simplified, an event is as our triggers emit it, so that Meiro Events takes it as it is',
};

/**
 * What is asked for when the output is simplified. A fieldset of the event itself would take its relationships away
 * (recorded), and with them who did it and which metric it belongs to.
 */
export const SIMPLE_EVENT_QUERY = {
	...profileQuery(true),
	include: 'attributions,metric,profile',
	'fields[metric]': 'name',
};

export const eventScopes = (isSimple: boolean): string =>
	isSimple ? 'events:read, metrics:read and profiles:read' : 'events:read';

/** An event as our triggers emit it, or as Klaviyo gives it. */
export function eventOutput(
	resource: IDataObject,
	isSimple: boolean,
	{ context, index }: Pick<Wish<unknown>, 'context' | 'index'>,
): IDataObject {
	if (!isSimple) return resource;
	const event = metricEvent(resource, metricNameOf(resource), {
		account: textParameter(context, 'account', index) || null,
		readAt: new Date().toISOString(),
		via: 'import',
	});
	return jsonOfItem(event);
}

function metricNameOf(resource: IDataObject): string {
	const included = (resource.included ?? []) as IDataObject[];
	const metric = included.find(({ type }) => type === 'metric');
	return String(metric === undefined ? '' : attributesOf(metric).name);
}
