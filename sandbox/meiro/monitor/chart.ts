// The chart of arrivals over the whole run, newest on the right.
import { find, setText } from './dom';
import type { Arrivals } from './routes';

/** Units of the drawing; it is stretched to the room there is. */
const HEIGHT = 32;
const BAR_WIDTH = 0.75;

export function drawArrivals({ counts, seconds_per_bar: width }: Arrivals): void {
	const peak = Math.max(0, ...counts);
	const now = counts.at(-1) ?? 0;
	const unit = width === 1 ? 'second' : `${width} seconds`;
	const minutes = `${(counts.length * width) / 60} minutes`;
	const total = counts.reduce((sum, count) => sum + count, 0);
	find('chart-bars').setAttribute(
		'd',
		counts.map((count, at) => barOf(at, count / Math.max(1, peak))).join(''),
	);
	find('chart').setAttribute('viewBox', `0 0 ${counts.length} ${HEIGHT}`);
	setText(find('chart-peak'), peak === 0 ? '' : peak.toLocaleString('en'));
	setText(find('chart-title'), `Events per ${unit} in the last ${minutes}`);
	setText(find('chart-from'), `${minutes} ago`);
	setText(
		find('rate'),
		`Now ${now.toLocaleString('en')} per ${unit}, peak ${peak.toLocaleString('en')}`,
	);
	setText(
		find('chart-description'),
		`${total.toLocaleString('en')} events in ${counts.length * width} seconds: now ${now} per ${unit}, ${peak} in the busiest ${unit}.`,
	);
}

function barOf(at: number, share: number): string {
	if (share === 0) return '';
	// One event beside a peak of a thousand is still to be seen.
	const height = Math.max(0.6, share * HEIGHT);
	return `M${at} ${HEIGHT}v${-height.toFixed(2)}h${BAR_WIDTH}V${HEIGHT}z`;
}
