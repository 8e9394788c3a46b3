import { NodeOperationError, type IHookFunctions } from 'n8n-workflow';

import type { KlaviyoClient } from '../../api/klaviyoClient';
import { nameOf } from '../../api/klaviyoLookups';
import type { WebhookSecret } from '../door/authenticate';
import {
	bodyOf,
	problemWithProperty,
	recipeNamed,
	type BodyChoices,
	type Delay,
	type Recipe,
} from '../recipes';
import { optionsOf, type TriggerOptions } from '../triggerSettings';
import { nameMarker, type WantedFlow } from './flowDefinition';

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
	const recipe = chosenRecipe(context);
	const options = optionsOf(context);
	const { eventName = '', flowStatus = 'draft' } = options;
	const startId = startIdOf(context, recipe);
	const choices: BodyChoices = {
		...(await namesOf(client, recipe, startId)),
		...(eventName.trim() === '' ? {} : { eventName: eventName.trim() }),
		...eventPropertiesOf(context, options),
	};
	const marker = markerOf(context);
	// 'Any Metric' would not say what the flow is about.
	const about = recipe.eventName === null ? choices.metric : undefined;
	return {
		marker,
		name: `n8n ${about ?? recipe.displayName} ${nameMarker(marker)}`,
		startsFrom: recipe.startsFrom,
		startId,
		triggerTime: recipe.startsFrom === 'date' ? triggerTimeOf(context, options) : '',
		delay: delayOf(context, recipe, options),
		exitMetricId: exitMetricOf(context, recipe, startId),
		webhook: {
			url: webhookUrl(context),
			headers: { [secret.headerName]: secret.secret },
		},
		bodyAfter: (delay) => bodyOf(recipe, { ...choices, delay }),
		status: flowStatus,
		may: permissionsOf(options),
	};
}

function chosenRecipe(context: IHookFunctions): Recipe {
	const name = String(context.getNodeParameter('recipe'));
	const recipe = recipeNamed(name);
	if (recipe !== undefined) return recipe;
	throw new NodeOperationError(
		context.getNode(),
		`'Recipe' is none that this node has: '${name}'. Choose one from the list.`,
	);
}

/** What the user lets publishing do in Klaviyo. */
export function permissionsOf({ publishingMay = [] }: TriggerOptions): WantedFlow['may'] {
	return {
		replaceFlow: publishingMay.includes('replaceFlow'),
		takeOver: publishingMay.includes('takeOver'),
	};
}

/** The trigger's webhook id: it stays when the node is renamed, and a copy of the workflow gets another. */
export function markerOf(context: IHookFunctions): string {
	const { webhookId } = context.getNode();
	if (!webhookId) {
		throw new NodeOperationError(
			context.getNode(),
			'The trigger has no webhook ID yet, as the workflow came by the command line or by source control. Open and save this workflow once, then publish it.',
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
			`Klaviyo calls only addresses that start with https://, but this n8n says that its own is ${url}. Set N8N_WEBHOOK_URL of n8n (before n8n 2.30: WEBHOOK_URL) to its public https:// address, or choose 'I Set Up the Flow Myself' under 'Klaviyo Setup' and enter that address in Klaviyo by hand.`,
		);
	}
	return url;
}

const START_PARAMETER = {
	metric: ['metricId', 'Metric Name or ID'],
	list: ['listId', 'List Name or ID'],
	segment: ['segmentId', 'Segment Name or ID'],
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
	if (recipe.leavesOn === undefined) return null;
	if (recipe.leavesOn === 'sameMetric') return startId;
	const id = valueOf(context, 'orderMetricId');
	if (id === '') {
		throw new NodeOperationError(
			context.getNode(),
			"'Order Metric Name or ID' is empty. Choose the metric of your orders, e.g. Placed Order, so that people who ordered get no reminder.",
		);
	}
	return id;
}

/** @throws NodeOperationError for what is no span of time */
function delayOf(
	context: IHookFunctions,
	recipe: Recipe,
	{ delay = '' }: TriggerOptions,
): Delay | null {
	const text = String(delay).trim();
	if (text === '') return recipe.delay ?? null;
	if (/^0+$/.test(text)) return null;
	const [, digits = '0', unit = ''] = /^(\d{1,5})\s*(minute|hour|day)s?$/i.exec(text) ?? [];
	if (unit === '') {
		throw new NodeOperationError(
			context.getNode(),
			`'Delay' is not a span of time: '${text}'. Write e.g. 60 days, 4 hours or 30 minutes, or 0 for none.`,
		);
	}
	const value = Number(digits);
	return value === 0 ? null : { value, unit: `${unit.toLowerCase()}s` as Delay['unit'] };
}

function triggerTimeOf(
	context: IHookFunctions,
	{ triggerTime: time = '09:00' }: TriggerOptions,
): string {
	if (/^([01]\d|2[0-3]):[0-5]\d$/.test(time)) return time;
	throw new NodeOperationError(
		context.getNode(),
		`'Time of Day' is not a time: '${time}'. Enter hours and minutes, e.g. 09:00.`,
	);
}

/** What the body says of the start: names, as the ids mean nothing to Meiro. */
async function namesOf(client: KlaviyoClient, recipe: Recipe, id: string) {
	const [, label] = START_PARAMETER[recipe.startsFrom];
	switch (recipe.startsFrom) {
		case 'metric':
			return { metric: await nameOf(client, 'metrics', id, label) };
		case 'list':
			return { list: { id, name: await nameOf(client, 'lists', id, label) } };
		case 'segment':
			return { segment: { id, name: await nameOf(client, 'segments', id, label) } };
		case 'date':
			return {};
	}
}

function eventPropertiesOf(
	context: IHookFunctions,
	{ eventProperties }: TriggerOptions,
): { eventProperties?: string[] } {
	if (eventProperties === undefined) return {};
	const names = eventProperties
		.split(',')
		.map((name) => name.trim())
		.filter((name) => name !== '');
	for (const name of names) {
		const problem = problemWithProperty(name);
		if (problem === null) continue;
		throw new NodeOperationError(
			context.getNode(),
			`'Event Properties' has an entry that can't go along: '${name}' ${problem}`,
		);
	}
	return { eventProperties: names };
}

function valueOf(context: IHookFunctions, name: string): string {
	const value = context.getNodeParameter(name, '');
	return typeof value === 'string' ? value.trim() : '';
}
