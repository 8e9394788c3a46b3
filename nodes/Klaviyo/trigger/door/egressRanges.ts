import { UserError, type IWebhookFunctions } from 'n8n-workflow';

import { checkedAddress } from '../../../shared/http/address';
import { KLAVIYO_REVISION } from '../../api/revision';
import { EGRESS_URL, type PublishedRanges } from '../triggerSettings';

const MAX_AGE_MS = 3_600_000;
const TIMEOUT_MS = 5_000;

let known: { url: string; ranges: Promise<string[]>; readAt: number } | undefined;

/**
 * The addresses that Klaviyo's integrations call from, as Klaviyo publishes them: all IPv4 ranges in `prefixes`
 * (https://developers.klaviyo.com/en/reference/get_client_ip_allowlist). Kept for an hour. That they cover flow
 * webhooks is concluded from the list's name, not documented.
 *
 * @throws when they can't be read and none are known
 */
export async function egressRanges(
	context: IWebhookFunctions,
	published: PublishedRanges,
): Promise<string[]> {
	const url = egressAddressOf(published);
	const usable = known?.url === url ? known : undefined;
	if (usable && Date.now() - usable.readAt < MAX_AGE_MS) return await usable.ranges;

	// Yesterday's ranges are better than none, for all who wait for this read.
	const ranges = read(context, url).catch(async (error: Error) => {
		if (known === entry) known = usable;
		if (usable) return await usable.ranges;
		throw error;
	});
	const entry = { url, ranges, readAt: Date.now() };
	known = entry;
	return await ranges;
}

/**
 * Where they are published, checked.
 *
 * @throws UserError that names the field and says what to do
 */
export function egressAddressOf({ url, allowPrivate }: PublishedRanges): string {
	return checkedAddress(url, {
		label: 'Published Ranges URL',
		owner: 'Klaviyo Trigger',
		example: EGRESS_URL,
		allowPrivate,
		privateSwitch: 'Published Ranges URL May Be Private',
	});
}

async function read(context: IWebhookFunctions, url: string): Promise<string[]> {
	const body = (await context.helpers.httpRequest({
		url,
		json: true,
		timeout: TIMEOUT_MS,
		disableFollowRedirect: true,
		headers: { revision: KLAVIYO_REVISION },
	})) as { data?: { attributes?: { prefixes?: unknown } } };
	const { prefixes } = body.data?.attributes ?? {};
	if (!Array.isArray(prefixes) || prefixes.length === 0) {
		throw new UserError(`No address ranges found at ${url}`);
	}
	return prefixes.map(String);
}
