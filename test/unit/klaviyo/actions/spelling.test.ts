import { simpleOf } from '../../../../nodes/Klaviyo/actions/operation';

it('a simplified resource has its times in one spelling, whatever Klaviyo writes', () => {
	const attributes = {
		created: '2031-02-03T04:05:06+00:00',
		updated_at: '2031-02-03T05:05:06.123456+01:00',
		send_time: null,
		scheduled_at: 'soon',
		name: '2031-02-03T04:05:06+00:00',
	};
	expect(simpleOf({ id: 'A', attributes }, Object.keys(attributes))).toMatchObject({
		created: '2031-02-03T04:05:06.000Z',
		send_time: null,
		scheduled_at: 'soon',
		name: '2031-02-03T04:05:06+00:00',
	});
	expect(simpleOf({ attributes }, ['updated_at']).updated_at).toMatch(/^2031-02-03T04:05:06\.123/);
});
