import type { Report } from './report';
import type { CaseResult } from './run';
import type { Growth } from './special';

const BAR = { height: 22, gap: 10, left: 330, width: 420 };

/** Events per second of every case, as bars; SVG, so that it needs nothing to be drawn with. */
export function chart({ cases, reduced }: Report): string {
	// A bare server and deliveries of 1,000 events are so much faster that all other bars would be dots.
	const rows = cases.filter(
		({ settings, name }) =>
			settings === 'recommended' && name !== 'raw_node' && !name.includes('system'),
	);
	const most = Math.max(...rows.map(({ events_per_second }) => events_per_second));
	const height = 60 + rows.length * (BAR.height + BAR.gap);
	const bars = rows.map((row, index) => {
		const y = 48 + index * (BAR.height + BAR.gap);
		const length = Math.max(2, (row.events_per_second / most) * BAR.width);
		const colour = row.name.startsWith('ours') ? '#1a7f5a' : '#8a94a3';
		return `	<text x="${BAR.left - 12}" y="${y + 16}" text-anchor="end">${escape(labelOf(row))}</text>
	<rect x="${BAR.left}" y="${y}" width="${Math.round(length)}" height="${BAR.height}" rx="3" fill="${colour}"/>
	<text x="${BAR.left + Math.round(length) + 8}" y="${y + 16}">${Math.round(row.events_per_second).toLocaleString('en')}</text>`;
	});
	return `<svg xmlns="http://www.w3.org/2000/svg" width="840" height="${height}" viewBox="0 0 840 ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#24292f" role="img" aria-label="Events per second on one n8n">
	<rect width="840" height="${height}" fill="#ffffff"/>
	<text x="20" y="26" font-size="15" font-weight="600">Events per second on one n8n, recommended settings${reduced ? ' (reduced run)' : ''}</text>
${bars.join('\n')}
</svg>
`;
}

const LABELS: Record<string, string> = {
	stock_edit_fields: 'Webhook, Edit Fields, HTTP Request',
	stock_code: 'Webhook, Code, HTTP Request',
	ours_one_per_execution: 'this package, 1 event per execution',
	ours: 'this package, to Pipes',
	ours_to_webhook_source: 'this package, to a webhook source',
	floor: 'n8n’s own limit: every event dropped',
	raw_node: 'a bare Node.js server',
	ours_system_webhook: 'system webhooks, to Pipes',
	ours_system_webhook_to_source: 'system webhooks, to a webhook source',
};

const labelOf = ({ name }: CaseResult) => LABELS[name] ?? name;

function escape(text: string): string {
	return text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}

export const number = (value: number) => value.toLocaleString('en');

/** docs/performance.md */
export function page(report: Report): string {
	const {
		machine,
		cases,
		growth,
		memory,
		settings,
		thin_traffic: thin,
		overload,
		checks,
		aims,
		reduced,
	} = report;
	const of = (settings: string) =>
		table(
			[
				'Case',
				'Events/s',
				'Slowest–fastest round',
				'Acknowledged p50, p99',
				'CPU s per 1,000',
				'DB bytes per event',
				'Requests to Meiro per 1,000',
				'Peak MB',
				'Lost',
			],
			cases
				.filter((one) => one.settings === settings)
				.map((one) => [
					labelOf(one),
					number(one.events_per_second),
					one.spread.map(number).join('–'),
					`${number(one.ack_p50_ms)}, ${number(one.ack_p99_ms)} ms`,
					number(one.cpu_s_per_1000),
					number(one.db_bytes_per_event),
					number(one.requests_per_1000),
					number(one.peak_rss_mb),
					number(one.lost),
				]),
		);
	const variants = cases.filter(({ settings }) => !['default', 'recommended'].includes(settings));
	return `# Performance

Written by \`npm run bench -- --docs\`${reduced ? ', in a reduced run' : ''}, on ${machine.cpus} × ${machine.model}, ${machine.memory_gb} GB, n8n ${machine.n8n}, SQLite. Load
generator and both stand-ins run on the same machine, each event a delivery of its own with about 500 bytes,
${settings.recommended!.connections} under way at once (${settings.default!.connections} at n8n's default settings). **Only the ratios between rows say something
about other machines.** Every case is played ${cases[0]?.rounds.length === 1 ? 'once' : `${cases[0]?.rounds.length} times, in turn with all others`}; the rate is the median, from the first delivery until Meiro has the last event.

![Events per second by case](images/performance.svg)

## At the recommended settings

\`N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE=true\`. System webhooks carry 1,000 events a delivery.

${of('recommended')}

## At n8n's default settings

Here n8n opens an expression isolate for every request that a community trigger receives, and each takes 9 to 19 MB for as long as the request waits. That is where
the time goes, with and without sharing executions; the setting above is the one that changes it.

${of('default')}

Memory at its highest, each on an n8n that had done nothing else: ${memory.map((one) => `${number(one.peak_rss_mb)} MB (${LABELS[one.case] ?? one.case})`).join(', ')}.

## Further settings

${table(
	['Settings', 'Case', 'Events/s', 'CPU s per 1,000', 'DB bytes per event'],
	variants.map((one) => [
		`recommended, ${one.settings}`,
		labelOf(one),
		number(one.events_per_second),
		number(one.cpu_s_per_1000),
		number(one.db_bytes_per_event),
	]),
)}

## Cost as runs grow

${growthTable(growth)}

## Thin traffic

${thin.events_per_second} events a second: acknowledged after ${thin.grouped_ack_p50_ms} ms (median) with shared executions, after ${thin.alone_ack_p50_ms} ms with one execution an event.

## More than n8n can take

${number(overload.offered_per_second)} events a second offered, from a sender that sends again after 429, 500, 502, 503 or no answer, as Klaviyo does, only sooner: ${number(overload.sent)} sent,
${number(overload.acknowledged)} acknowledged, ${number(overload.resent)} times sent again, ${number(overload.delivered)} delivered, ${number(overload.duplicates)} duplicates with the same \`event_id\`, **${number(overload.lost)} lost**.

## Aims

${table(
	['Figure', 'Measured', 'Aim', ''],
	[...checks, ...aims].map(({ name, value, wanted, ok }) => [
		name,
		number(value),
		wanted,
		ok ? 'reached' : '**missed**',
	]),
)}

What n8n stores of an event is mostly the event itself: the item that the trigger emits, under its field names, and the outcome that Meiro Events returns. Sharing an execution
saves what n8n stores per execution, not the items. With successes not saved n8n deletes them again, but not at once: right after the run most was still there.

With shared executions an event costs n8n about as much processor time as one that is dropped at once (*n8n’s own limit*), so more than that over stock is not to be had on one n8n by this path;
system webhooks, which carry up to 1,000 events a delivery, are.
`;
}

export function growthTable(growth: Growth[]): string {
	return table(
		['Events in one go', 'Events/s', 'CPU ms per event', 'Lost'],
		growth.map((row) => [
			number(row.events),
			number(row.events_per_second),
			number(row.cpu_ms_per_event),
			number(row.lost),
		]),
	);
}

export function table(head: string[], rows: string[][]): string {
	return [head, head.map(() => '---'), ...rows]
		.map((cells) => `| ${cells.join(' | ')} |`)
		.join('\n');
}
