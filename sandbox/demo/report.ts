import Table from 'cli-table3';

import type { Login } from '../n8n/client';
import type { ScenarioResult } from './scenario';
import { LOGIN, type PublishedTemplate, type World } from './world';

/** What `--report` writes. */
export interface Report {
	ok: boolean;
	seconds: number;
	urls: { editor: string; monitor: string; events: string };
	login: Login;
	triggers: Array<{ template: string; url: string; header: string; secret: string }>;
	scenarios: ScenarioResult[];
	/** Calls of Klaviyo's REST API, and how many were compared with the official specification. */
	klaviyo_api: { requests: number; checked: number; violations: number };
}

export function reportOf(
	world: World,
	published: PublishedTemplate[],
	scenarios: ScenarioResult[],
	seconds: number,
): Report {
	const violations = world.klaviyo.contractViolations().length;
	return {
		ok: scenarios.length > 0 && scenarios.every(isWhole) && violations === 0,
		seconds: Math.round(seconds * 10) / 10,
		urls: {
			editor: world.n8n.url,
			monitor: world.meiro.urls.monitor,
			events: world.meiro.urls.events,
		},
		login: LOGIN,
		triggers: published.map(({ template, url }) => ({ template, url, ...world.webhook })),
		scenarios,
		klaviyo_api: {
			requests: world.klaviyo.apiCalls().length,
			checked: world.klaviyo.contractChecked(),
			violations,
		},
	};
}

/** Everything that was sent was acknowledged, went through n8n and is in Meiro. */
function isWhole(result: ScenarioResult): boolean {
	const { sent, acknowledged, executed, delivered, lost } = result;
	return sent > 0 && lost === 0 && acknowledged === sent && executed > 0 && delivered === sent;
}

export function tableOf(scenarios: ScenarioResult[]): string {
	const table = new Table({
		head: ['Template', 'Sent', 'Re-sent', 'Acknowledged', 'Executed', 'Delivered', 'Duplicate', 'Lost', 'Median'],
		colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
		style: { head: [], border: [] },
	});
	for (const row of scenarios) {
		const { template, sent, resent, acknowledged, executed, delivered, duplicate, lost } = row;
		const { median_ms } = row;
		const median = median_ms === null ? '–' : `${median_ms} ms`;
		table.push([
			template,
			sent,
			resent,
			acknowledged,
			executed,
			delivered,
			duplicate,
			lost,
			median,
		]);
	}
	return table.toString();
}
