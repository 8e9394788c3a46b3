import Table from 'cli-table3';

import type { Login } from '../n8n/client';
import type { Played, ScenarioResult } from './scenario';
import { LOGIN, type PublishedTemplate, type World } from './world';

/** What `--report` writes. */
export interface Report {
	ok: boolean;
	seconds: number;
	urls: { editor: string; monitor: string; events: string };
	login: Login;
	triggers: Array<{ template: string; url: string; header: string; secret: string }>;
	scenarios: ScenarioResult[];
	/** What scenarios found amiss, in words; empty when all is well. */
	problems: Array<{ template: string; problems: string[] }>;
	/** Calls of Klaviyo's REST API, and how many were compared with the official specification. */
	klaviyo_api: { requests: number; checked: number; violations: number };
}

export function reportOf(
	world: World,
	published: PublishedTemplate[],
	played: Played[],
	seconds: number,
): Report {
	const scenarios = played.map(({ result }) => result);
	const problems = played
		.map(({ result, problems: found }) => ({ template: result.template, problems: found }))
		.filter((each) => each.problems.length > 0);
	const violations = world.klaviyo.contractViolations().length;
	return {
		ok: scenarios.length > 0 && scenarios.every(isWhole) && problems.length === 0 && violations === 0,
		seconds: Math.round(seconds * 10) / 10,
		urls: {
			editor: world.n8n.url,
			monitor: world.meiro.urls.monitor,
			events: world.meiro.urls.events,
		},
		login: LOGIN,
		triggers: published
			.filter(({ url }) => url !== '')
			.map(({ template, url }) => ({ template, url, ...world.webhook })),
		scenarios,
		problems,
		klaviyo_api: {
			requests: world.klaviyo.apiCalls().length,
			checked: world.klaviyo.contractChecked(),
			violations,
		},
	};
}

/** Everything that was sent was acknowledged, went through n8n, and all that was to reach Meiro is there. */
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
