import type {
	SubscriptionCreateJobCreateQuery,
	SubscriptionDeleteJobCreateQuery,
} from 'klaviyo-api';
import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { locator, optionsAt } from '../../../shared/operation/fields';
import { draftEach, entriesIn, notReady, ready, type Draft } from '../../../shared/delivery/draft';
import { itemsOf } from '../../../shared/delivery/told';
import { textParameter } from '../../../shared/operation/operation';
import { ORIGIN_PROPERTY } from '../../../shared/event/contract';
import type { KlaviyoClient } from '../../api/klaviyoClient';
import type { Labels } from '../../api/explainRefusal';
import type { Wire } from '../../api/wire';
import { dateOf } from '../../../shared/operation/dates';
import {
	deliverInBulk,
	PROFILES_TO_KLAVIYO,
	resultOf,
	unsentResult,
	type Bulk,
} from '../bulkDelivery';
import { identifierField, identifiersIn } from './identifiers';

export type Channel = 'email' | 'sms';

/** What one item asks for. */
export interface ConsentWish {
	email?: string;
	phone_number?: string;
	channels: Channel[];
	listId: string;
	/** ISO 8601: when the consent was given, for an import of the past. */
	consentedAt?: string;
	customSource: string;
}

export interface ConsentFields {
	email?: string;
	phone_number?: string;
	channels: Channel[];
	listId: string;
	historical: boolean;
	/** ISO 8601, empty when nothing was entered. */
	consentedAt: string;
	customSource: string;
}

type Kind = 'subscribe' | 'unsubscribe';

/** Klaviyo's maxima (https://developers.klaviyo.com/en/reference/bulk_subscribe_profiles, …/bulk_unsubscribe_profiles). */
const MOST: Record<Kind, number> = { subscribe: 1000, unsubscribe: 100 };

const PATH: Record<Kind, string> = {
	subscribe: '/api/profile-subscription-bulk-create-jobs',
	unsubscribe: '/api/profile-subscription-bulk-delete-jobs',
};

const SCOPES = 'lists:write, profiles:write and subscriptions:write';
const LIST = '/data/attributes/profiles/data';

const LABELS: Labels = {
	[`${LIST}/*/attributes/email`]: 'Email',
	[`${LIST}/*/attributes/phone_number`]: 'Phone Number',
	[`${LIST}/*/attributes/subscriptions`]: 'Channels',
	[`${LIST}/*/attributes/subscriptions/*/marketing/consented_at`]: 'Consented At',
	'/data/attributes/custom_source': 'Custom Source',
	'/data/relationships/list': 'List',
	id: 'List',
};

/** The parameters that subscribing and unsubscribing share. */
export function consentFields(listDescription: string): INodeProperties[] {
	return [
		{
			displayName: 'Channels',
			name: 'channels',
			type: 'multiOptions',
			options: [
				{ name: 'Email', value: 'email' },
				{ name: 'SMS', value: 'sms' },
			],
			default: ['email'],
			required: true,
			description: 'Whose marketing it is about. Email takes an email address, SMS a phone number.',
		},
		identifierField('email'),
		identifierField('phone_number'),
		locator('List', 'listId', 'searchLists', listDescription, { required: false }),
	];
}

/** What is asked for at one item, or why nothing can be. Pure. */
export function draftConsent(fields: ConsentFields, now: string): Draft<ConsentWish> {
	const { historical, consentedAt, channels, ...wish } = fields;
	if (channels.length === 0) return notReady("'Channels' is empty. Choose at least one.");
	if (channels.includes('email') && wish.email === undefined) {
		return notReady(
			"'Email' is empty, which the channel Email takes. Enter it, or choose another channel.",
		);
	}
	if (channels.includes('sms') && wish.phone_number === undefined) {
		return notReady(
			"'Phone Number' is empty, which the channel SMS takes. Enter it, or choose another channel.",
		);
	}
	if (!historical) return ready({ ...wish, channels });
	if (consentedAt === '') {
		return notReady(
			"'Consented At' is empty. A historical import takes when the consent was given, e.g. 2031-02-03T04:05:06Z.",
		);
	}
	if (consentedAt >= now)
		return notReady(
			`'Consented At' lies in the future: '${consentedAt}'. Enter when the consent was given.`,
		);
	return ready({ ...wish, channels, consentedAt });
}

/** Subscribes or unsubscribes all items, those alike together. */
export async function changeConsent(context: IExecuteFunctions, client: KlaviyoClient, kind: Kind) {
	const now = new Date().toISOString();
	const drafts = draftEach(context, (index) => draftAt(context, now, index));
	const outcomes = await deliverInBulk(
		context,
		client,
		entriesIn(drafts),
		(first) => bulkOf(kind, first),
		{
			limits: { count: MOST[kind] },
			keyOf: ({ listId, consentedAt, customSource }) =>
				JSON.stringify([listId, consentedAt !== undefined, customSource]),
		},
	);
	return itemsOf(
		context,
		drafts.map((draft, index) =>
			draft.ready
				? { ...aboutWish(draft.value), ...resultOf(outcomes.get(index)!, 'accepted') }
				: unsentResult(draft.judgement),
		),
		PROFILES_TO_KLAVIYO,
	);
}

interface ConsentOptions {
	consentedAt?: unknown;
	customSource?: string;
	historical?: boolean;
}

function draftAt(context: IExecuteFunctions, now: string, index: number): Draft<ConsentWish> {
	const options = optionsAt<ConsentOptions>(context, index);
	const { email, phone_number } = identifiersIn({
		email: textParameter(context, 'email', index),
		phoneNumber: textParameter(context, 'phoneNumber', index),
	});
	return draftConsent(
		{
			...(email === undefined ? {} : { email }),
			...(phone_number === undefined ? {} : { phone_number }),
			channels: context.getNodeParameter('channels', index) as Channel[],
			listId: textParameter(context, 'listId', index),
			historical: options.historical === true,
			consentedAt: dateOf(context, options.consentedAt, 'Consented At', index)?.toISOString() ?? '',
			// Nothing else of a consent could carry our mark.
			customSource: String(options.customSource ?? '').trim() || ORIGIN_PROPERTY,
		},
		now,
	);
}

function bulkOf(kind: Kind, { listId, consentedAt, customSource }: ConsentWish): Bulk<ConsentWish> {
	const isHistorical = consentedAt !== undefined;
	const bodyOf =
		kind === 'subscribe'
			? (wishes: ConsentWish[]) => subscribeBody(wishes, { listId, customSource, isHistorical })
			: (wishes: ConsentWish[]) => unsubscribeBody(wishes, listId);
	return {
		request: (wishes) => ({
			method: 'POST',
			path: PATH[kind],
			body: bodyOf(wishes),
			scopes: SCOPES,
			labels: LABELS,
		}),
		list: LIST,
		common: listId,
	};
}

function subscribeBody(
	wishes: ConsentWish[],
	{
		listId,
		customSource,
		isHistorical,
	}: { listId: string; customSource: string; isHistorical: boolean },
): object {
	const body: Wire<SubscriptionCreateJobCreateQuery> = {
		data: {
			type: 'profile-subscription-bulk-create-job',
			attributes: {
				custom_source: customSource,
				profiles: {
					data: wishes.map((wish) => ({
						type: 'profile',
						attributes: {
							...addressesOf(wish),
							subscriptions: channelsOf(wish.channels, {
								consent: 'SUBSCRIBED' as const,
								...(wish.consentedAt === undefined ? {} : { consented_at: wish.consentedAt }),
							}),
						},
					})),
				},
				...(isHistorical ? { historical_import: true } : {}),
			},
			...relationTo(listId),
		},
	};
	return body;
}

function unsubscribeBody(wishes: ConsentWish[], listId: string): object {
	const body: Wire<SubscriptionDeleteJobCreateQuery> = {
		data: {
			type: 'profile-subscription-bulk-delete-job',
			attributes: {
				profiles: {
					data: wishes.map((wish) => ({
						type: 'profile',
						attributes: {
							...addressesOf(wish),
							subscriptions: channelsOf(wish.channels, { consent: 'UNSUBSCRIBED' as const }),
						},
					})),
				},
			},
			...relationTo(listId),
		},
	};
	return body;
}

function channelsOf<Consent>(channels: Channel[], marketing: Consent) {
	return Object.fromEntries(channels.map((channel) => [channel, { marketing }])) as Partial<
		Record<Channel, { marketing: Consent }>
	>;
}

function relationTo(listId: string) {
	return listId === ''
		? {}
		: { relationships: { list: { data: { type: 'list' as const, id: listId } } } };
}

function addressesOf({ email, phone_number }: ConsentWish) {
	return {
		...(email === undefined ? {} : { email }),
		...(phone_number === undefined ? {} : { phone_number }),
	};
}

function aboutWish(wish: ConsentWish): IDataObject {
	const { channels, listId } = wish;
	return { ...addressesOf(wish), channels, ...(listId === '' ? {} : { list_id: listId }) };
}
