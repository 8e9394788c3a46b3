import type { Login } from '../n8n/client';
import type { Played, ScenarioResult } from './scenario';
import { LOGIN, type PublishedTemplate, type World } from './world';

/** What `--report` writes. */
export interface Report {
	ok: boolean;
	seconds: number;
	/** From the start of this process to the first event in Meiro; null when none came. */
	first_event_seconds: number | null;
	urls: { editor: string; monitor: string; events: string };
	login: Login;
	/** Where the editor shows each template's workflow. */
	workflows: Array<{ template: string; url: string }>;
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
		ok:
			scenarios.length > 0 && scenarios.every(isWhole) && problems.length === 0 && violations === 0,
		seconds: tenths(seconds),
		first_event_seconds: firstEventSeconds(world),
		...placesIn(world),
		workflows: published.map((one) => ({ template: one.template, url: workflowUrl(world, one) })),
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

/** Where the world is to be seen, and how to get in. */
export function placesIn({ n8n, meiro }: World): Pick<Report, 'urls' | 'login'> {
	const { monitor, events } = meiro.urls;
	return { urls: { editor: n8n.url, monitor, events }, login: LOGIN };
}

/** Where the editor shows a workflow. */
export function workflowUrl({ n8n }: World, { workflowId }: PublishedTemplate): string {
	return `${n8n.url}/workflow/${workflowId}`;
}

export function firstEventSeconds({ meiro }: World): number | null {
	const [first] = meiro.events({ limit: 1 });
	return first ? tenths((Date.parse(first.received_at) - performance.timeOrigin) / 1000) : null;
}

function tenths(seconds: number): number {
	return Math.round(seconds * 10) / 10;
}

/** Everything that was sent was acknowledged, went through n8n, and all that was to reach Meiro is there. */
export function isWhole(result: ScenarioResult): boolean {
	const { sent, acknowledged, executed, delivered, lost } = result;
	return sent > 0 && lost === 0 && acknowledged === sent && executed > 0 && delivered === sent;
}
