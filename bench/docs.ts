import type { Report } from './report';
import type { CaseResult } from './run';

const BAR = { height: 22, gap: 10, left: 330, width: 420 };

/** A bare server and 1,000 events in a request are so much faster that all other bars would be dots. */
const IN_BULK = new Set([
	...['raw_node', 'ours_system_webhook', 'ours_system_webhook_to_source'],
	...['ours_polling', 'ours_complete'],
]);

/** Events per second of every case, as bars; SVG, so that it needs nothing to be drawn with. */
export function chart({ cases, reduced }: Report): string {
	const rows = cases.filter(
		({ settings, name }) => settings === 'recommended' && !IN_BULK.has(name),
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
	ours_polling: 'polling, to Pipes',
	ours_complete: 'Event: Complete',
	ours_system_webhook: 'system webhooks, to Pipes',
	ours_system_webhook_to_source: 'system webhooks, to a webhook source',
};

const labelOf = ({ name }: CaseResult) => LABELS[name] ?? name;

function escape(text: string): string {
	return text.replace(/&/g, '&amp;').replace(/</g, '&lt;');
}

/** As many digits as a measurement is worth. */
export const number = (value: number) =>
	value.toLocaleString('en', { maximumFractionDigits: Math.abs(value) < 100 ? 2 : 0 });

/** The section 'performance' of docs/operating.md. */
export function performanceSection(report: Report): string {
	const { cases, growth, settings, overload, checks, aims } = report;
	const rateAtDefault = ({ name }: CaseResult) =>
		cases.find((one) => one.name === name && one.settings === 'default')?.events_per_second;
	const lost = [...cases, ...growth].reduce((sum, one) => sum + one.lost, 0);
	const rounds = cases[0]?.rounds.length;
	const missed = [...checks, ...aims].filter(({ ok }) => !ok);
	return `SQLite; about 500 bytes an event; ${settings.recommended!.connections} deliveries under way (${settings.default!.connections} at default settings). Rate: ${rounds === 1 ? 'one round' : `median of ${rounds} rounds`}, until Meiro has the last event.

![Events per second by case](images/performance.svg)

${table(
	['Case', 'Events/s', 'at default settings', 'CPU s per 1,000', 'DB bytes per event'],
	cases
		.filter(({ settings, name }) => settings === 'recommended' && name !== 'raw_node')
		.map((one) => [
			labelOf(one),
			number(one.events_per_second),
			number(rateAtDefault(one) ?? NaN),
			number(one.cpu_s_per_1000),
			number(one.db_bytes_per_event),
		]),
)}

- **More than n8n can take**: ${number(overload.offered_per_second)} events a second, repeated sooner than Klaviyo does. ${number(overload.sent)} sent, ${number(overload.delivered)} delivered, ${number(overload.duplicates)} duplicates, **${number(overload.lost)} lost**.
- **Long runs**: ${growth.map((row) => `${number(row.events)} events at ${number(row.events_per_second)}/s`).join(', ')}. Lost in all cases: ${number(lost)}.
- **Aims missed**: ${missed.map(({ name, value, wanted }) => `${name} ${number(value)} (${wanted})`).join('; ') || 'none'}.
`;
}

export function table(head: string[], rows: string[][]): string {
	return [head, head.map(() => '---'), ...rows]
		.map((cells) => `| ${cells.join(' | ')} |`)
		.join('\n');
}
