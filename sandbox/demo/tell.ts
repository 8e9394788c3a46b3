import { color } from 'listr2';

import type { Report } from './report';

/** What is printed under the table: the verdict, where to look, and how to send a delivery of one's own. */
export function verdictOf(report: Report): string {
	const lines = [
		report.ok
			? color.green(
					`Nothing lost: all that was to reach Meiro is there. ${report.seconds} s in all.`,
				)
			: color.red('Not everything is as it should be, see the table.'),
	];
	for (const { template, problems } of report.problems) {
		lines.push(...problems.slice(0, 5).map((problem) => `  ${template}: ${problem}`));
	}
	if (report.first_event_seconds !== null) {
		lines.push(`The first event was in Meiro ${report.first_event_seconds} s after the start.`);
	}
	const { requests, checked, violations } = report.klaviyo_api;
	lines.push(
		`Klaviyo's API was called ${requests} times; ${checked} requests were checked against its official specification, ${violations} violated it.`,
	);
	return lines.join('\n');
}

/** Where to watch it: printed before anything is played. */
export function placesOf({ urls, login }: Pick<Report, 'urls' | 'login'>): string {
	return [
		`${color.bold('n8n editor')}     ${urls.editor}   ${login.email} / ${login.password}`,
		`${color.bold('Meiro monitor')}  ${urls.monitor}`,
		`${color.bold('Meiro events')}   ${urls.events}`,
	].join('\n');
}

/** After the first template: something to look at while the others are played. */
export function firstLookOf(seconds: number | null, { urls }: Pick<Report, 'urls'>): string {
	return seconds === null
		? color.red('The first template brought nothing to Meiro. The others are played all the same.')
		: `${color.bold('First look')}     The first event is in the Meiro monitor, ${seconds} s after the start: ${urls.monitor}\n               The other templates are played meanwhile.`;
}

export function addressesOf(report: Report): string {
	const { workflows, triggers } = report;
	const lines = [placesOf(report), '', color.bold('Workflows in the editor'), ...listed(workflows)];
	const [first] = triggers;
	if (first === undefined) return lines.join('\n');
	return [
		...lines,
		'',
		color.bold(`Triggers, with the header '${first.header}: ${first.secret}'`),
		...listed(triggers),
		'',
		`Send a delivery of your own to ${first.template}, then look at the Meiro monitor:`,
		`  curl -X POST '${first.url}' -H '${first.header}: ${first.secret}' -H 'Content-Type: application/json' -d '{"event_name":"my_first_event","email":"you@shop.example"}'`,
	].join('\n');
}

function listed(addresses: Array<{ template: string; url: string }>): string[] {
	const width = Math.max(...addresses.map(({ template }) => template.length));
	return addresses.map(({ template, url }) => `  ${template.padEnd(width)}  ${url}`);
}
