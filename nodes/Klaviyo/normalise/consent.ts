import { parseBlob } from './blob';
import { isObject } from '../../shared/event/values';

/**
 * Channels as Klaviyo names them: in the property `$consent`, and in a profile's subscriptions
 * (https://developers.klaviyo.com/en/reference/get_profile).
 */
const CHANNELS = new Set([
	'email',
	'sms',
	'mobile',
	'mobile_push',
	'push',
	'web',
	'web_push',
	'whatsapp',
	'directmail',
]);

/**
 * The channels that a consent names, also where a template printed the list as Python does: "['email', 'sms']".
 * Undefined where it names none, or says no to one or says anything else: nobody may be written to on a guess.
 * `True` and `SUBSCRIBED` alone name no channel.
 */
export function consentOf(consent: unknown): string[] | undefined {
	const value =
		typeof consent === 'string' ? (parseBlob(consent, 3) ?? consent.split(',')) : consent;
	const said = Array.isArray(value) ? value : isObject(value) ? subscribedChannels(value) : [];
	const channels = new Set<string>();
	for (const word of said as unknown[]) {
		if (word === null || word === '') continue;
		const channel = typeof word === 'string' ? word.trim().toLowerCase() : '';
		if (!CHANNELS.has(channel)) return undefined;
		channels.add(channel);
	}
	return channels.size > 0 ? [...channels] : undefined;
}

/** Of {email: 'SUBSCRIBED'}, or of a profile's subscriptions: {email: {marketing: {consent: 'SUBSCRIBED'}}}. */
function subscribedChannels(channels: Record<string, unknown>): string[] {
	return Object.keys(channels).filter((name) => {
		const channel = channels[name];
		const marketing = isObject(channel) ? (channel.marketing ?? channel) : channel;
		const consent = isObject(marketing) ? marketing.consent : marketing;
		return /^(?:subscribed|true|yes)$/i.test(String(consent));
	});
}
