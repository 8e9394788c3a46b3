import { readAnswer } from '../../../nodes/shared/delivery/readAnswer';
import { meaningOf, ONE, THREE, WORDING } from './support/answers';

describe('the answer to one event', () => {
	it.each(ONE)('%i %s %j means %s', (status, type, body, meaning) => {
		expect(meaningOf(status, type, body, 1)).toBe(meaning);
	});
});

describe('the answer to three events', () => {
	it.each(THREE)('%i %j means %s', (status, body, meaning) => {
		expect(meaningOf(status, '', body, 3)).toBe(meaning);
	});
});

describe('the sentence', () => {
	const reasonOf = (status: number, body: unknown, count = 1) => {
		const { named, rest } = readAnswer({ status, headers: {}, body }, { count }, WORDING);
		return named.get(0)?.reason ?? rest.reason;
	};

	it.each([
		[200, { error: 'Unknown event_type' }, 1, 'Unknown event_type'],
		[
			200,
			{ success: false, message: 'Paused' },
			1,
			'Meiro answered 200, and that is no clear yes: Paused',
		],
		[200, { success: false }, 1, 'Meiro answered 200, and that is no clear yes: {"success":false}'],
		[200, { accepted: [] }, 1, 'Meiro answered 200 and did not take the event'],
		[
			200,
			{ accepted: 2 },
			3,
			'Meiro took 2 of the 3 events of this request and did not say which it took. Send them one by one.',
		],
		[
			200,
			{ error: 'paused' },
			3,
			'Meiro answered 200 to 3 events and did not say which it took: paused. Send them one by one.',
		],
		[400, { message: 'bad' }, 1, 'Meiro answered 400: bad'],
		[404, '', 1, 'set-up: address (404)'],
	])('on %i %j to %i is: %s', (status, body, count, sentence) => {
		expect(reasonOf(status, body, count)).toBe(sentence);
	});

	it('on a mistake of the set-up is marked, to be told once', () => {
		for (const status of [301, 401, 403, 404]) {
			const { rest } = readAnswer({ status, headers: {}, body: '' }, { count: 1 }, WORDING);
			expect(rest.isSetUp).toBe(true);
		}
	});
});
