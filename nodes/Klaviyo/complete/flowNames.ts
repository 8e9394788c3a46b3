import { isFlowId } from '../../shared/event/flowUrl';
import { textOf } from '../../shared/event/values';
import type { Runtime } from '../../shared/http/runtime';
import { forgetOldest, processState } from '../../shared/processState';
import { anyOf } from '../api/filter';
import type { KlaviyoClient } from '../api/klaviyoClient';
import { attributesOf } from '../normalise/apiResource';

/** What was asked for a flow, by account and flow. */
interface Asked {
	/** Names by Klaviyo's IDs; executions that come meanwhile wait for the same answer. */
	names: Promise<Map<string, string>>;
	/** By the clock for durations. */
	until: number;
}

/** A flow's name changes rarely. */
const NAMES_LAST_MS = 600_000;
/** After no answer, or no scope, others are not held up by asking again. */
const FAILURE_LASTS_MS = 60_000;
/** As many as a page has. */
const TOGETHER = 50;
const MOST_REMEMBERED = 1000;

const remembered = processState(() => new Map<string, Asked>());

/**
 * Names of flows by Klaviyo's IDs: https://developers.klaviyo.com/en/reference/get_flows
 *
 * @param account names the account whose flows they are
 * @throws what the client throws; what was known before is found all the same
 */
export async function flowNamesOf(
	client: KlaviyoClient,
	account: string,
	ids: string[],
	clock: Pick<Runtime, 'now'>,
	found: Map<string, string>,
): Promise<void> {
	const missing: string[] = [];
	for (const id of ids) {
		const asked = remembered().get(`${account} ${id}`);
		if (asked === undefined || asked.until <= clock.now()) missing.push(id);
		else add(await asked.names, [id], found);
	}
	// Klaviyo refuses a filter as a whole.
	const askable = missing.filter(isFlowId);
	for (let start = 0; start < askable.length; start += TOGETHER) {
		const some = askable.slice(start, start + TOGETHER);
		const names = ask(client, some);
		const asked: Asked = {
			names: names.catch(() => new Map<string, string>()),
			until: clock.now() + FAILURE_LASTS_MS,
		};
		remember(account, some, asked);
		add(await names, some, found);
		asked.until = clock.now() + NAMES_LAST_MS;
	}
}

async function ask(client: KlaviyoClient, ids: string[]): Promise<Map<string, string>> {
	const flows = await client.all({
		path: '/api/flows',
		query: {
			filter: anyOf('id', ids),
			'fields[flow]': 'name',
			'page[size]': String(TOGETHER),
		},
		scopes: 'flows:read',
	});
	return new Map(
		flows.flatMap((flow) => {
			const name = textOf(attributesOf(flow).name);
			return name === undefined ? [] : [[String(flow.id), name] as const];
		}),
	);
}

function add(names: Map<string, string>, ids: string[], found: Map<string, string>): void {
	for (const id of ids) {
		const name = names.get(id);
		if (name !== undefined) found.set(id, name);
	}
}

function remember(account: string, ids: string[], asked: Asked): void {
	const all = remembered();
	for (const id of ids) {
		const key = `${account} ${id}`;
		all.delete(key);
		all.set(key, asked);
	}
	forgetOldest(all, MOST_REMEMBERED);
}
