import { sendPlain, sendRecommended } from './support/arrivals';
import { atLeast, none, type Findings } from './support/report';
import { measureSpeed } from './support/speed';
import { storm } from './support/storm';

const DELIVERIES = 10_000;
const LOOPS = 100_000;
const AIM_NORMALISE_US = 30;
const MIN_PLAIN_RATIO = 0.999;

/** The trigger under fuzzed and hostile input. */
export async function triggerFindings(seed: number, scale: number): Promise<Findings> {
	const deliveries = DELIVERIES * scale;
	const speed = measureSpeed(LOOPS * scale);
	const fuzzed = await storm(deliveries, seed);
	const recommended = await sendRecommended(deliveries, seed);
	const plain = await sendPlain(deliveries, seed);
	return {
		checks: [
			none('answers of 5xx to fuzzed deliveries', fuzzed.answered_5xx, fuzzed.sent),
			none('crashes by fuzzed deliveries', fuzzed.thrown, fuzzed.sent),
			none('accepted with a wrong secret', fuzzed.accepted_with_wrong_secret, fuzzed.sent),
			none('lost with the right secret', fuzzed.lost_with_right_secret, fuzzed.sent),
			none(
				'recommended bodies not equal to the original',
				recommended.sent - recommended.arrived,
				recommended.sent,
			),
			atLeast(
				'plain bodies with the same person and event name, ratio',
				plain.arrived / plain.sent,
				MIN_PLAIN_RATIO,
			),
		],
		figures: { fuzzed, recommended, plain, speed },
		notes: [
			`Normalising ${speed.body_bytes} bytes: ${speed.normalise_us} µs (aim: under ${AIM_NORMALISE_US})`,
		],
	};
}
