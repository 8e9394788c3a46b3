/**
 * The bodies to paste into a Klaviyo webhook action. They are valid JSON whatever the values hold: text
 * goes through Klaviyo's base64_encode filter, under a key that says so, and the trigger decodes it.
 * Tags: https://help.klaviyo.com/hc/en-us/articles/4408802648731
 * Filter: https://developers.klaviyo.com/en/docs/glossary_of_variable_filters
 */

const PERSON = {
	klaviyo_id: '{{ person.KlaviyoID }}',
	external_id_base64: '{{ person.id|base64_encode }}',
	email_base64: '{{ person.email|base64_encode }}',
	phone_number_base64: '{{ person.phone_number|base64_encode }}',
	first_name_base64: '{{ person.first_name|base64_encode }}',
	last_name_base64: '{{ person.last_name|base64_encode }}',
};

/** The day the step runs: dates flows that know no event, and tells this year's birthday from the next. */
const DAY = "{% today '%Y-%m-%d' as today %}{{ today }}";

/** For flows that start from a metric such as Placed Order: the person and the triggering event. */
export const METRIC_FLOW_BODY = pretty({
	event_name: 'winback_due',
	step: '1',
	trigger_type: 'metric',
	metric: 'Placed Order',
	day: DAY,
	profile: PERSON,
	event: {
		$event_id_base64: "{{ event|lookup:'$event_id'|base64_encode }}",
		$value: "{{ event|lookup:'$value' }}",
		$value_currency: "{{ event|lookup:'$value_currency' }}",
		order_id_base64: '{{ event.OrderId|base64_encode }}',
	},
});

/** For flows that start from a list, a segment or a date: Klaviyo knows no event there, only the person. */
export const PROFILE_FLOW_BODY = pretty({
	event_name: 'subscribed_to_list',
	step: '1',
	trigger_type: 'list',
	day: DAY,
	list: { name: 'Newsletter' },
	profile: PERSON,
});

function pretty(body: object): string {
	return JSON.stringify(body, null, 2);
}
