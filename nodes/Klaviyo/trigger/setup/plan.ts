import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';

import type { KlaviyoClient } from '../../api/klaviyoClient';
import { nameOf } from '../../api/klaviyoLookups';
import type { WebhookSecret } from '../door/authenticate';
import { bodyOf, recipeNamed, unsafePropertyName, type Delay, type Recipe } from '../recipes';
import { nameMarker, type WantedFlow } from './flowDefinition';

interface FlowOptions {
	delayValue?: number;
	delayUnit?: Delay['unit'];
	eventName?: string;
	eventProperties?: string;
}

/**
 * The flow that the node's parameters ask for.
 *
 * @throws NodeOperationError that names the parameter and the fix
 */
export async function wantedFlow(
	context: IHookFunctions,
	client: KlaviyoClient,
	secret: WebhookSecret,
): Promise<WantedFlow> {
	const recipe = recipeNamed(context.getNodeParameter('recipe') as string);
	const options = context.getNodeParameter('flowOptions', {}) as FlowOptions;
	const startId = startIdOf(context, recipe);
	const delay = delayOf(recipe, options);
	const marker = markerOf(context);
	return {
		marker,
		name: `n8n ${recipe.displayName} ${nameMarker(marker)}`,
		startsFrom: recipe.startsFrom,
		startId,
		triggerTime: recipe.startsFrom === 'date' ? triggerTimeOf(context) : '',
		delay,
		exitMetricId: exitMetricOf(context, recipe, startId),
		webhook: {
			url: webhookUrl(context),
			headers: { [secret.headerName]: secret.secret },
			body: bodyOf(recipe, {
				...(await namesOf(client, recipe, startId)),
				...(delay === null ? {} : { delay }),
				...(options.eventName?.trim() ? { eventName: options.eventName.trim() } : {}),
				...eventPropertiesOf(context, options),
			}),
		},
		status: context.getNodeParameter('flowStatus', 'draft') as WantedFlow['status'],
	};
}

/** The trigger's webhook id: it stays when the node is renamed, and a copy of the workflow gets another. */
export function markerOf(context: IHookFunctions): string {
	const { webhookId } = context.getNode();
	if (!webhookId) {
		throw new NodeOperationError(
			context.getNode(),
			'The trigger has no webhook ID of its own. Delete the node and add it anew.',
		);
	}
	return webhookId;
}

/** Klaviyo calls only https:// addresses with a trusted certificate (https://developers.klaviyo.com/en/docs/how_to_add_a_webhook_action_to_a_flow). */
export function webhookUrl(context: IHookFunctions): string {
	const url = context.getNodeWebhookUrl('default') ?? '';
	if (!/^https:\/\//i.test(url) && !/^http:\/\/(127\.0\.0\.1|localhost)[:/]/i.test(url)) {
		throw new NodeOperationError(
			context.getNode(),
			`Klaviyo calls only addresses that start with https://, but this n8n says that its own is ${url}. Set N8N_WEBHOOK_URL of n8n to its public https:// address.`,
		);
	}
	return url;
}

const START_PARAMETER = {
	metric: ['metricId', 'Metric'],
	list: ['listId', 'List'],
	segment: ['segmentId', 'Segment'],
	date: ['dateProperty', 'Date Property'],
} as const;

function startIdOf(context: IHookFunctions, recipe: Recipe): string {
	const [name, label] = START_PARAMETER[recipe.startsFrom];
	const id = valueOf(context, name);
	if (id === '') {
		throw new NodeOperationError(
			context.getNode(),
			`'${label}' is empty. Choose what starts the Klaviyo flow.`,
		);
	}
	return id;
}

/** A win-back ends with the next order of the same kind; a cart has its orders in another metric. */
function exitMetricOf(context: IHookFunctions, recipe: Recipe, startId: string): string | null {
	if (!recipe.onlyWithoutOrderSince) return null;
	if (recipe.name === 'winBack') return startId;
	const id = valueOf(context, 'orderMetricId');
	if (id === '') {
		throw new NodeOperationError(
			context.getNode(),
			"'Order Metric' is empty. Choose the metric by which Klaviyo knows of orders, e.g. Placed Order, so that people who ordered get no reminder.",
		);
	}
	return id;
}

function delayOf(recipe: Recipe, { delayValue, delayUnit }: FlowOptions): Delay | null {
	if (delayValue === undefined && delayUnit === undefined) return recipe.delay ?? null;
	const delay = {
		value: Math.floor(delayValue ?? recipe.delay?.value ?? 0),
		unit: delayUnit ?? recipe.delay?.unit ?? 'days',
	};
	return delay.value > 0 ? delay : null;
}

function triggerTimeOf(context: IHookFunctions): string {
	const time = context.getNodeParameter('triggerTime', '09:00') as string;
	if (/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) return time;
	throw new NodeOperationError(
		context.getNode(),
		`'Time of Day' is not a time: '${time}'. Enter hours and minutes, e.g. 09:00.`,
	);
}

/** What the body says of the start: names, as the ids mean nothing to Meiro. */
async function namesOf(client: KlaviyoClient, recipe: Recipe, id: string) {
	switch (recipe.startsFrom) {
		case 'metric':
			return { metric: await nameOf(client, 'metrics', id) };
		case 'list':
			return { list: { id, name: await nameOf(client, 'lists', id) } };
		case 'segment':
			return { segment: { id, name: await nameOf(client, 'segments', id) } };
		case 'date':
			return {};
	}
}

function eventPropertiesOf(
	context: IHookFunctions,
	{ eventProperties }: FlowOptions,
): { eventProperties?: string[] } {
	if (eventProperties === undefined) return {};
	const names = eventProperties
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
	const unsafe = unsafePropertyName(names);
	if (unsafe !== undefined) {
		throw new NodeOperationError(
			context.getNode(),
			`'Event Properties' has a name that can't stand in a Klaviyo tag: ${unsafe}. Names with quotes, braces or backslashes don't work.`,
		);
	}
	return { eventProperties: names };
}

function valueOf(context: IHookFunctions, name: string): string {
	const value = context.getNodeParameter(name, '', { extractValue: true });
	return typeof value === 'string' ? value.trim() : '';
}
