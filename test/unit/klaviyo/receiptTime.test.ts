import { receiptTime } from '../../../nodes/Klaviyo/trigger/receiptTime';
import { resetProcessState } from '../../../nodes/shared/processState';

const NOW = Date.parse('2031-02-03T04:05:06.000Z');

describe('the time of a receipt', () => {
	beforeEach(resetProcessState);

	it('is the clock’s', () => {
		expect(receiptTime(NOW).getTime()).toBe(NOW);
		expect(receiptTime(NOW + 7).getTime()).toBe(NOW + 7);
	});

	it('is another one for each delivery of one millisecond', () => {
		const times = Array.from({ length: 50 }, () => receiptTime(NOW).getTime());
		expect(new Set(times).size).toBe(50);
		expect(Math.max(...times)).toBe(NOW + 49);
	});

	it('follows a clock that was set back, and is never more than a second ahead', () => {
		receiptTime(NOW);
		expect(receiptTime(NOW - 7_200_000).getTime()).toBe(NOW - 7_200_000);
		const times = Array.from({ length: 5000 }, () => receiptTime(NOW).getTime());
		expect(Math.max(...times)).toBeLessThanOrEqual(NOW + 1000);
	});
});
