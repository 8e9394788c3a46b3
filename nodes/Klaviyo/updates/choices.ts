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
 * Names of Klaviyo's metrics (https://help.klaviyo.com/hc/en-us/articles/360036974872), which Klaviyo itself writes
 * in more than one case. 'Unsubscribed' stands there for what accounts have as 'Unsubscribed from Email Marketing',
 * too.
 */
const METRIC_NAMES: Partial<Record<Choice, string[]>> = {
	emailBounced: ['bounced email', 'dropped email'],
	emailClicked: ['clicked email'],
	emailMarkedAsSpam: ['marked email as spam'],
	emailOpened: ['opened email'],
	emailUnsubscribed: ['unsubscribed', 'unsubscribed from email marketing'],
	listUnsubscribed: ['unsubscribed from list'],
	smsUnsubscribed: [
		'unsubscribed from sms marketing',
		'unsubscribed from text messaging marketing',
	],
};

/** As the panel calls what is found by the name of a metric. */
export const METRIC_LABELS: Partial<Record<Choice, string>> = {
	emailBounced: 'Email Bounced',
	emailClicked: 'Email Clicked',
	emailMarkedAsSpam: 'Email Marked as Spam',
	emailOpened: 'Email Opened',
	emailUnsubscribed: 'Email Unsubscribed',
	listUnsubscribed: 'List Unsubscribed',
	smsUnsubscribed: 'SMS Unsubscribed',
};

/** Whether a choice stands for metrics that Klaviyo knows by their names. */
export function isByName(choice: Choice): boolean {
	return METRIC_NAMES[choice] !== undefined;
}

export function isMetricOf(choice: Choice, name: string): boolean {
	return METRIC_NAMES[choice]?.includes(name.toLowerCase()) ?? false;
}
