/** What the user chooses under 'Events'; the metrics are Klaviyo's own, by their names. */
export type Choice =
	| 'emailBounced'
	| 'emailClicked'
	| 'emailMarkedAsSpam'
	| 'emailOpened'
	| 'emailUnsubscribed'
	| 'listJoined'
	| 'listLeft'
	| 'listUnsubscribed'
	| 'otherMetrics'
	| 'profileSuppressed'
	| 'profileUpdated'
	| 'segmentJoined'
	| 'segmentLeft'
	| 'smsUnsubscribed';

/**
 * Names of Klaviyo's metrics (https://help.klaviyo.com/hc/en-us/articles/4797889185179). Older accounts have
 * 'Unsubscribed' for what is 'Unsubscribed from Email Marketing' now.
 */
export const METRIC_NAMES: Partial<Record<Choice, string[]>> = {
	emailBounced: ['Bounced Email', 'Dropped Email'],
	emailClicked: ['Clicked Email'],
	emailMarkedAsSpam: ['Marked Email as Spam'],
	emailOpened: ['Opened Email'],
	emailUnsubscribed: ['Unsubscribed', 'Unsubscribed from Email Marketing'],
	listUnsubscribed: ['Unsubscribed from List'],
	smsUnsubscribed: ['Unsubscribed from SMS Marketing'],
};
