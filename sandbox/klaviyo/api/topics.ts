// The topics of one account, as recorded by nickdnk/klaviyo-php-sdk; other accounts have others.
const KLAVIYO = [
	...['received_email', 'opened_email', 'clicked_email', 'clicked_email_to_unsubscribe'],
	...['bounced_email', 'dropped_email', 'marked_email_as_spam', 'subscribed_to_email_marketing'],
	...['unsubscribed_from_email_marketing', 'manually_suppressed_from_email_marketing'],
	...['manually_unsuppressed_from_email_marketing', 'updated_email_preferences'],
	...['sent_sms', 'received_sms', 'clicked_sms', 'failed_to_deliver_sms'],
	...['received_automated_response_sms', 'failed_to_deliver_automated_response_sms'],
	...['subscribed_to_sms_marketing', 'unsubscribed_from_sms_marketing'],
	...['sent_text_message', 'received_text_message', 'relayed_text_message', 'opened_text'],
	...['clicked_text_message', 'failed_to_deliver_text_message'],
	...['received_automated_response_text_message'],
	...['failed_to_deliver_automated_response_text_message'],
	...['subscribed_to_text_messaging_marketing', 'unsubscribed_from_text_messaging_marketing'],
	...['unsubscribed_from_text_messaging_transactional'],
	...['received_push', 'opened_push', 'bounced_push', 'subscribed_to_list'],
	...['unsubscribed_from_list', 'merged_profile', 'subscribed_to_back_in_stock', 'skipped_send'],
	...['ready_to_review', 'submitted_rating', 'submitted_review'],
	...['social_comment', 'social_dm', 'social_ugc'],
];
const API = ['active_on_site', 'viewed_product', 'placed_order', 'started_checkout'];

export const TOPICS: readonly string[] = [
	...KLAVIYO.map((name) => `event:klaviyo.${name}`),
	...API.map((name) => `event:api.${name}`),
];
