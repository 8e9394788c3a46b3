import type { Template } from '../../../sandbox/klaviyo/render';
import type { Entry } from '../../../sandbox/klaviyo';

const NOW = new Date('2031-02-03T04:05:06Z');

/** Bodies as people write them: plain tags between quotes, and the whole event as Python prints it. */
export const PLAIN_BODIES = [
	`{
  "event_name": "order_of_a_friend",
  "first_name": "{{ person.first_name }}",
  "last_name": "{{ person.last_name }}",
  "email": "{{ person.email }}",
  "klaviyo_id": "{{ person.KlaviyoID }}",
  "note": "{{ person|lookup:'note' }}",
  "value": {{ event|lookup:'$value' }},
  "payload": "{{ event }}"
}`,
	`{"payload": "{{ event }}", "profile": {"id": "{{ person.KlaviyoID }}", "first_name": "{{ person.first_name }}",
"email": "{{ person.email }}", "note": "{{ person|lookup:'note' }}"}, "event_name": "order_of_a_friend"}`,
];

export function renderBody(template: Template, { profile, event }: Entry): string {
	return template.render({
		person: profile,
		event,
		organization: { name: 'Lamp Shop', url: 'https://shop.example' },
		now: NOW,
	});
}
