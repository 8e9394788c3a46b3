// What a profile has agreed to, in the shape of `additional-fields[profile]=subscriptions`
// (https://developers.klaviyo.com/en/docs/collect_email_and_sms_consent_via_api).
import type { Dict } from '../types';
import { dict, dicts } from './json';
import { seconds } from './times';

/** `email.marketing`, `sms.transactional`, … each with its consent. */
export type Subscriptions = Dict;

/** The name of the flag beside `consent`; where none is listed it is `can_receive`. */
const FLAGS: Record<string, string> = {
	'email marketing': 'can_receive_email_marketing',
	'sms marketing': 'can_receive_sms_marketing',
	'sms transactional': 'can_receive_sms_transactional',
	'mobile_push marketing': 'can_receive_push_marketing',
};
/** Which suppressions a new subscription takes away; a hard bounce stays (bulk_subscribe_profiles). */
const REVOCABLE = ['UNSUBSCRIBE', 'SPAM_COMPLAINT', 'USER_SUPPRESSED'];

/** One channel of a request, `sms` and `marketing` with its leaf. */
export interface Wish {
	channel: string;
	kind: string;
	consented_at: string | null;
}

/** The channels that a request's `subscriptions` names; `push` is `mobile_push` in answers. */
export function wishesOf(subscriptions: Dict): Wish[] {
	return Object.entries(subscriptions).flatMap(([name, kinds]) => {
		const channel = name === 'push' ? 'mobile_push' : name;
		const leaves = Object.entries(dict(kinds)).filter(([, leaf]) => 'consent' in dict(leaf));
		return leaves.map(([kind, leaf]) => {
			const { consented_at } = dict(leaf);
			return {
				channel,
				kind,
				consented_at: typeof consented_at === 'string' ? consented_at : null,
			};
		});
	});
}

/** Of a new profile; that a mail may be sent as long as nothing speaks against it is documented. */
export function neverSubscribed(): Subscriptions {
	const never = { consent: 'NEVER_SUBSCRIBED', consent_timestamp: null };
	const told = { ...never, last_updated: null, method: null, method_detail: '' };
	return {
		email: {
			marketing: {
				...{ can_receive_email_marketing: true, ...told, custom_method_detail: null },
				...{ double_optin: null, suppression: [], list_suppressions: [] },
			},
		},
		sms: {
			marketing: { can_receive_sms_marketing: false, ...told },
			transactional: { can_receive_sms_transactional: false, ...told },
		},
		mobile_push: { marketing: { can_receive_push_marketing: false, ...never } },
	};
}

/** What stands after the channels were subscribed, to a list when there is one. */
export function subscribed(
	own: Subscriptions,
	wishes: Wish[],
	{ at, source, listId }: { at: Date; source: string | null; listId: string | null },
): Subscriptions {
	return changed(own, wishes, (leaf, { channel, kind, consented_at }) => {
		const isMail = channel === 'email' && kind === 'marketing';
		const suppression = dicts(leaf.suppression).filter(
			({ reason }) => !REVOCABLE.includes(String(reason)),
		);
		const list_suppressions = dicts(leaf.list_suppressions).filter(
			({ list_id }) => list_id !== listId,
		);
		return {
			...leaf,
			...{ consent: 'SUBSCRIBED', consent_timestamp: consented_at ?? seconds(at) },
			...('last_updated' in leaf && { last_updated: seconds(at) }),
			// Which word stands for the API is not documented.
			...('method' in leaf && { method: 'API' }),
			...(isMail && {
				...{ custom_method_detail: source, double_optin: false },
				...{ suppression, list_suppressions },
			}),
			[flagOf(channel, kind)]: !isMail || suppression.length === 0,
		};
	});
}

/** What stands after the channels were unsubscribed, from everything. */
export function unsubscribed(own: Subscriptions, wishes: Wish[], at: Date): Subscriptions {
	return changed(own, wishes, (leaf, { channel, kind }) => ({
		...leaf,
		...{ consent: 'UNSUBSCRIBED', consent_timestamp: seconds(at) },
		...('last_updated' in leaf && { last_updated: seconds(at) }),
		...(channel === 'email' &&
			kind === 'marketing' && {
				suppression: [
					...dicts(leaf.suppression),
					{ reason: 'UNSUBSCRIBE', timestamp: seconds(at) },
				],
			}),
		[flagOf(channel, kind)]: false,
	}));
}

/** What stands after the person was suppressed: the consent stays as it is. */
export function suppressed(own: Subscriptions, at: Date): Subscriptions {
	const wish = { channel: 'email', kind: 'marketing', consented_at: null };
	return changed(own, [wish], (leaf) => ({
		...leaf,
		can_receive_email_marketing: false,
		suppression: [
			...dicts(leaf.suppression).filter(({ reason }) => reason !== 'USER_SUPPRESSED'),
			{ reason: 'USER_SUPPRESSED', timestamp: seconds(at) },
		],
	}));
}

/** What stands after somebody has left one list; the consent as a whole does not change. */
export function leftList(own: Subscriptions, listId: string, at: Date): Subscriptions {
	const wish = { channel: 'email', kind: 'marketing', consented_at: null };
	return changed(own, [wish], (leaf) => ({
		...leaf,
		// The word is the specification's example for a list's own suppression; others are not listed.
		list_suppressions: [
			...dicts(leaf.list_suppressions),
			{ list_id: listId, reason: 'USER_SUPPRESSED', timestamp: seconds(at) },
		],
	}));
}

function changed(
	own: Subscriptions,
	wishes: Wish[],
	change: (leaf: Dict, wish: Wish) => Dict,
): Subscriptions {
	const after = structuredClone(own);
	for (const wish of wishes) {
		const channel = dict(after[wish.channel]);
		after[wish.channel] = { ...channel, [wish.kind]: change(dict(channel[wish.kind]), wish) };
	}
	return after;
}

function flagOf(channel: string, kind: string): string {
	return FLAGS[`${channel} ${kind}`] ?? 'can_receive';
}
