import {
	DEFAULT_RETRY_POLICY,
	isRetryableCode,
	isRetryableStatus,
	parseRetryAfter,
	retryDelay,
} from '../../../nodes/shared/http/retry';

const NOW = Date.parse('2031-02-03T04:05:06Z');

describe('a status', () => {
	it.each([408, 425, 429, 500, 502, 503, 504, 507, 599])(
		'%i is worth another attempt',
		(status) => {
			expect(isRetryableStatus(status)).toBe(true);
		},
	);

	it.each([200, 204, 301, 400, 401, 403, 404, 409, 413, 422, 426, 428, 431, 451, 499])(
		'%i is final',
		(status) => {
			expect(isRetryableStatus(status)).toBe(false);
		},
	);
});

describe('a connection’s failure', () => {
	it.each(['ECONNRESET', 'ECONNREFUSED', 'ETIMEDOUT', 'EPIPE', 'EAI_AGAIN'])(
		'%s may pass',
		(code) => {
			expect(isRetryableCode(code)).toBe(true);
		},
	);

	it.each(['ENOTFOUND', 'CERT_HAS_EXPIRED', 'econnreset', '', 'toString', undefined])(
		'%j does not pass by waiting',
		(code) => {
			expect(isRetryableCode(code)).toBe(false);
		},
	);
});

describe('Retry-After', () => {
	it.each([
		['0', 0],
		['7', 7_000],
		[' 120 ', 120_000],
		['007', 7_000],
		[30, 30_000],
		['Mon, 03 Feb 2031 04:05:36 GMT', 30_000],
		['Monday, 03-Feb-31 04:05:36 GMT', 30_000],
		['Mon, 03 Feb 2031 04:05:00 GMT', 0],
		['Fri, 01 Jan 1999 00:00:00 GMT', 0],
	])('%j means %i ms', (value, ms) => {
		expect(parseRetryAfter(value, NOW)).toBe(ms);
	});

	it.each([
		undefined,
		null,
		'',
		'  ',
		'soon',
		'NaN',
		'7s',
		'0x10',
		true,
		{},
		[],
		['7'],
		Number.NaN,
	])('%j means nothing', (value) => {
		expect(parseRetryAfter(value, NOW)).toBeUndefined();
	});

	it.each(['-1', '1.5', '-30', '2.0'])(
		'%j is no number of seconds, and no date either',
		(value) => {
			expect(parseRetryAfter(value, NOW)).toBeUndefined();
		},
	);
});

describe('the delay', () => {
	it.each([
		[1, 500],
		[2, 1_000],
		[3, 2_000],
		[6, 16_000],
		[7, 30_000],
		[50, 30_000],
		[5_000, 30_000],
	])('after attempt %i lies between nothing and %i ms', (attempt, bound) => {
		expect(retryDelay(DEFAULT_RETRY_POLICY, attempt, undefined, 0)).toBe(0);
		expect(retryDelay(DEFAULT_RETRY_POLICY, attempt, undefined, 0.5)).toBe(bound / 2);
		expect(retryDelay(DEFAULT_RETRY_POLICY, attempt, undefined, 0.999_999)).toBeLessThan(bound);
	});

	it('is never shorter than what the other side asks for, even beyond the longest wait', () => {
		expect(retryDelay(DEFAULT_RETRY_POLICY, 1, 45_000, 0)).toBeGreaterThanOrEqual(45_000);
		expect(retryDelay(DEFAULT_RETRY_POLICY, 9, 45_000, 0.9)).toBeGreaterThanOrEqual(45_000);
	});
});
