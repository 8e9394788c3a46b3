// The chart of arrivals: one bar per second, newest on the right.
import { find, setText } from './dom';

/** Units of the drawing; it is stretched to the room there is. */
const HEIGHT = 32;
const BAR_WIDTH = 0.75;

/** @param counts events of each second, oldest first */
export function drawArrivals(counts: number[]): void {
	const peak = Math.max(0, ...counts);
	const now = counts.at(-1) ?? 0;
	const total = counts.reduce((sum, count) => sum + count, 0);
	find('chart-bars').setAttribute(
		'd',
		counts.map((count, at) => barOf(at, count / Math.max(1, peak))).join(''),
	);
	find('chart').setAttribute('viewBox', `0 0 ${counts.length} ${HEIGHT}`);
	setText(find('chart-peak'), peak === 0 ? '' : peak.toLocaleString('en'));
	setText(
		find('rate'),
		`Now ${now.toLocaleString('en')} per second, peak ${peak.toLocaleString('en')}`,
	);
	setText(
		find('chart-description'),
		`${total.toLocaleString('en')} events in ${counts.length} seconds: now ${now} per second, ${peak} in the busiest second.`,
	);
}

function barOf(at: number, share: number): string {
	if (share === 0) return '';
	// One event beside a peak of a thousand is still to be seen.
	const height = Math.max(0.6, share * HEIGHT);
	return `M${at} ${HEIGHT}v${-height.toFixed(2)}h${BAR_WIDTH}V${HEIGHT}z`;
}
