-- klaviyo_orders_count: Orders. Number of orders.
SELECT count(*) FROM (SELECT DISTINCT ON (payload ->> 'event_id') payload FROM events WHERE event_type_id IN ('placed_order') AND coalesce(payload ->> 'is_test', 'false') = 'false' ORDER BY payload ->> 'event_id') once;

-- klaviyo_revenue_eur_sum: Revenue (EUR). Orders less cancellations and refunds, in one currency. The SQL gives one row per currency.
SELECT payload -> 'trigger_event' ->> 'currency' AS currency, sum(coalesce((payload -> 'properties' ->> 'net_value')::numeric, CASE WHEN payload ->> 'event_name' = 'placed_order' THEN (payload -> 'trigger_event' ->> 'value')::numeric ELSE -abs((payload -> 'trigger_event' ->> 'value')::numeric) END)) AS revenue FROM (SELECT DISTINCT ON (payload ->> 'event_id') payload FROM events WHERE event_type_id IN ('placed_order', 'cancelled_order', 'refunded_order') AND coalesce(payload ->> 'is_test', 'false') = 'false' ORDER BY payload ->> 'event_id') once GROUP BY 1;

-- klaviyo_order_last: Last order. When the person ordered last.
SELECT max((payload ->> 'event_time')::timestamptz) FROM (SELECT DISTINCT ON (payload ->> 'event_id') payload FROM events WHERE event_type_id IN ('placed_order') AND coalesce(payload ->> 'is_test', 'false') = 'false' ORDER BY payload ->> 'event_id') once;

-- klaviyo_order_value_eur_average: Average order (EUR). What an order is worth on average, in one currency. The SQL gives one row per currency.
SELECT payload -> 'trigger_event' ->> 'currency' AS currency, avg((payload -> 'trigger_event' ->> 'value')::numeric) AS average_order FROM (SELECT DISTINCT ON (payload ->> 'event_id') payload FROM events WHERE event_type_id IN ('placed_order') AND coalesce(payload ->> 'is_test', 'false') = 'false' ORDER BY payload ->> 'event_id') once GROUP BY 1;

-- klaviyo_lists_all: Lists. Lists that the person signed up for. The SQL leaves out those that the person left since.
SELECT list FROM (SELECT DISTINCT ON (1) payload -> 'list' ->> 'name' AS list, payload ->> 'event_name' AS name FROM (SELECT DISTINCT ON (payload ->> 'event_id') payload FROM events WHERE event_type_id IN ('subscribed_to_list', 'unsubscribed_from_list') AND coalesce(payload ->> 'is_test', 'false') = 'false' ORDER BY payload ->> 'event_id') once ORDER BY 1, payload ->> 'event_time' DESC, 2 DESC) latest WHERE name = 'subscribed_to_list';

-- klaviyo_consent_email_last: Consent by email. The last change: withdrawn, or suppressed where messages can’t be delivered.
SELECT payload -> 'properties' ->> 'consent_change' FROM (SELECT DISTINCT ON (payload ->> 'event_id') payload FROM events WHERE event_type_id IN ('unsubscribed_from_email_marketing', 'unsubscribed_from_sms_marketing', 'profile_suppressed') AND coalesce(payload ->> 'is_test', 'false') = 'false' ORDER BY payload ->> 'event_id') once WHERE payload -> 'properties' ->> 'channel' = 'email' ORDER BY payload ->> 'event_time' DESC LIMIT 1;

-- klaviyo_consent_sms_last: Consent by SMS. The last change: withdrawn, or suppressed where messages can’t be delivered.
SELECT payload -> 'properties' ->> 'consent_change' FROM (SELECT DISTINCT ON (payload ->> 'event_id') payload FROM events WHERE event_type_id IN ('unsubscribed_from_email_marketing', 'unsubscribed_from_sms_marketing', 'profile_suppressed') AND coalesce(payload ->> 'is_test', 'false') = 'false' ORDER BY payload ->> 'event_id') once WHERE payload -> 'properties' ->> 'channel' = 'sms' ORDER BY payload ->> 'event_time' DESC LIMIT 1;

-- klaviyo_carts_left_count: Carts left. Number of carts that were left. The SQL takes off those that became an order.
SELECT count(*) FILTER (WHERE payload ->> 'event_name' = 'cart_abandoned') - count(*) FILTER (WHERE payload ->> 'event_name' = 'cart_recovered') FROM (SELECT DISTINCT ON (payload ->> 'event_id') payload FROM events WHERE event_type_id IN ('cart_abandoned', 'cart_recovered') AND coalesce(payload ->> 'is_test', 'false') = 'false' ORDER BY payload ->> 'event_id') once;

-- klaviyo_nps_last: NPS. The last answer, 0 to 10.
SELECT payload -> 'profile' -> 'properties' ->> 'nps_score' FROM (SELECT DISTINCT ON (payload ->> 'event_id') payload FROM events WHERE event_type_id IN ('profile_updated') AND coalesce(payload ->> 'is_test', 'false') = 'false' ORDER BY payload ->> 'event_id') once WHERE payload -> 'profile' -> 'properties' ->> 'nps_score' IS NOT NULL ORDER BY payload ->> 'event_time' DESC LIMIT 1;

-- klaviyo_birthday_points_sum: Birthday points. All points that were given for birthdays.
SELECT sum((payload -> 'properties' ->> 'points')::numeric) FROM (SELECT DISTINCT ON (payload ->> 'event_id') payload FROM events WHERE event_type_id IN ('birthday_points_granted') AND coalesce(payload ->> 'is_test', 'false') = 'false' ORDER BY payload ->> 'event_id') once;
