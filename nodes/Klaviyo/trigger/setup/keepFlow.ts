import { UserError } from 'n8n-workflow';

import { processState } from '../../../shared/processState';
import type { KlaviyoClient } from '../../api/klaviyoClient';
import { nameMarker, type WantedFlow } from './flowDefinition';
import {
	actionNameOf,
	marksOf,
	memoryOf,
	PARTS,
	spanOf,
	storedMarks,
	type ActionMemory,
	type Marks,
	type Part,
} from './flowMarks';
import {
	createFlow,
	delayData,
	delayOfFlow,
	findFlows,
	messageIn,
	messageOf,
	setFlowStatus,
	updateAction,
	type StoredAction,
	type StoredDelay,
	type StoredFlow,
} from './flows';

/** What became of the flow in Klaviyo. */
export interface KeptFlow {
	id: string;
	/** What the user should hear of, in sentences. */
	remarks: string[];
}

/** Publishing one trigger twice at the same time in one process must not make two flows. */
const underWay = processState(() => new Map<string, Promise<KeptFlow>>());

/**
 * Makes Klaviyo have the wanted flow: finds this trigger's own and brings it up to date, or creates it. Never deletes one,
 * never touches one that calls another host, and leaves alone what a person changed in Klaviyo since n8n wrote it.
 * Klaviyo is asked each time, so nothing that n8n remembers can be out of step.
 *
 * @param knownId the flow of the last publish, if n8n still knows it: a person may have given it another name
 * @throws UserError that names the flow and the switch, where only the user can decide
 */
export async function keepFlow(
	client: KlaviyoClient,
	wanted: WantedFlow,
	knownId?: string,
): Promise<KeptFlow> {
	// Each waits for the one before it, however many there are.
	const earlier = underWay()
		.get(wanted.marker)
		?.catch(() => undefined);
	const keeping = Promise.resolve(earlier).then(
		async () => await bringUpToDate(client, wanted, knownId),
	);
	underWay().set(wanted.marker, keeping);
	try {
		return await keeping;
	} finally {
		if (underWay().get(wanted.marker) === keeping) underWay().delete(wanted.marker);
	}
}

async function bringUpToDate(
	client: KlaviyoClient,
	wanted: WantedFlow,
	knownId: string | undefined,
): Promise<KeptFlow> {
	const found = await ownFlows(client, wanted, knownId);
	let kept = found.find((flow) => canBecome(flow, wanted));
	if (kept === undefined) {
		refuseToReplaceLive(found, wanted);
		const created = await createFlow(client, wanted);
		// Another main process may have created one at the same moment: both then keep the older one. The other stays a draft.
		const now = await ownFlows(client, wanted);
		kept = now.find((flow) => canBecome(flow, wanted)) ?? created;
	}
	const remarks = await update(client, kept, wanted);
	for (const { id, name, status } of found) {
		if (id === kept.id || status === 'draft') continue;
		if (wanted.may.replaceFlow) await setFlowStatus(client, id, 'draft');
		remarks.push(
			wanted.may.replaceFlow
				? `Klaviyo flow '${name}' (${id}) was set to draft: flow ${kept.id} has taken its place.`
				: `Klaviyo flow '${name}' (${id}) is ${status} and calls this trigger, too. Set it to draft in Klaviyo if it is one too many.`,
		);
	}
	return { id: kept.id, remarks };
}

/** Sets the trigger's flow to draft; the next publish restores the status it had. */
export async function pauseFlow(
	client: KlaviyoClient,
	wanted: Pick<WantedFlow, 'marker' | 'webhook'>,
	knownId?: string,
): Promise<void> {
	for (const flow of await flowsThatCall(client, wanted, knownId)) {
		if (flow.status === 'draft' || hostOfFlow(flow) !== hostOf(wanted.webhook.url)) continue;
		const { marks, setLive } = memoryOf(messageOf(flow).name);
		const formerStatus = flow.status as 'live' | 'manual';
		await writeWebhook(client, flow, {
			// Klaviyo may mask header values in answers.
			...wanted.webhook,
			status: 'draft',
			name: actionNameOf({ formerStatus, setLive, marks }),
		});
		await setFlowStatus(client, flow.id, 'draft');
	}
}

/** Address and secret are always written; a part only where it is as n8n last wrote it. */
async function update(
	client: KlaviyoClient,
	flow: StoredFlow,
	wanted: WantedFlow,
): Promise<string[]> {
	const memory = memoryOf(messageOf(flow).name);
	const stored = marksOfStored(flow);
	const isTheirs = (part: Part) => stored[part] !== memory.marks?.[part];

	const found = delayOfFlow(flow);
	const isDelayTheirs = isTheirs('delay') && stored.delay !== marksOf(wanted).delay;
	const delay = isDelayTheirs ? found : wanted.delay;
	const goal = marksOf(wanted, delay);
	const kept = PARTS.filter((part) => stored[part] !== goal[part] && isTheirs(part));
	const marks = { ...goal };
	for (const part of kept) marks[part] = memory.marks?.[part] ?? NEVER_WRITTEN;

	const status = wantedStatus(flow.status, memory, wanted.status);
	await writeWebhook(client, flow, {
		...wanted.webhook,
		...(kept.includes('body') ? {} : { body: wanted.bodyAfter(delay) }),
		...(status === flow.status ? {} : { status }),
		name: actionNameOf({ formerStatus: null, setLive: wanted.status === 'live', marks }),
	});
	if (flow.delayAction && delay && stored.delay !== goal.delay && !isDelayTheirs) {
		await updateAction(client, flow.delayAction, delayData(flow.delayAction.data, delay));
	}
	if (status !== flow.status) await setFlowStatus(client, flow.id, status);
	const remarks = kept.map((part) => remarkOn(part, flow, found, wanted));
	if (status !== 'live' && wanted.status === 'live') {
		remarks.push(
			`Klaviyo flow '${flow.name}' (${flow.id}) is ${status}, this node says live: it was changed in Klaviyo, and stays so.`,
		);
	}
	return remarks;
}

/** No text has this mark. */
const NEVER_WRITTEN = '000000';

/** Address, secret and status go to each step that calls as the first does: a person may have copied it. The rest is its own. */
async function writeWebhook(
	client: KlaviyoClient,
	flow: StoredFlow,
	{
		url,
		headers,
		status,
		...own
	}: { url: string; headers: object; body?: string; name: string; status?: string },
): Promise<void> {
	const host = hostOfFlow(flow);
	for (const [index, action] of flow.webhookActions.entries()) {
		const message = messageIn(action);
		if (hostOf(String(message.url)) !== host) continue;
		await updateAction(client, action, {
			...action.data,
			message: { ...message, url, headers, ...(index === 0 ? own : {}) },
			...(status === undefined ? {} : { status }),
		});
	}
}

/** Live when the user has chosen so since; back to what it was before the pause; else as the user left it in Klaviyo. */
function wantedStatus(
	current: string,
	{ formerStatus, setLive }: ActionMemory,
	chosen: 'draft' | 'live',
): 'draft' | 'live' | 'manual' {
	if (chosen === 'live' && !setLive) return 'live';
	if (formerStatus !== null && current === 'draft') return formerStatus;
	return current === 'live' || current === 'manual' ? current : 'draft';
}

/** Those of this n8n; with the user's leave also those that call another host. */
async function ownFlows(
	client: KlaviyoClient,
	wanted: WantedFlow,
	knownId?: string,
): Promise<StoredFlow[]> {
	const found = await flowsThatCall(client, wanted, knownId);
	const here = hostOf(wanted.webhook.url);
	const own = found.filter((flow) => wanted.may.takeOver || hostOfFlow(flow) === here);
	const [other] = found;
	if (own.length > 0 || other === undefined) return own;
	throw new UserError(
		`Klaviyo flow '${other.name}' (${other.id}) calls ${hostOfFlow(other)}, and this n8n is ${here}: it was not touched. If this n8n shall have it, choose 'Take Over' under 'Publishing May'. If not, delete this trigger and add it anew, so that it gets a flow of its own.`,
	);
}

/**
 * A name alone could be a coincidence or a copy: a webhook must call this trigger, at whatever host. Others that a person
 * added are left out; the one that n8n wrote at this host comes first.
 */
async function flowsThatCall(
	client: KlaviyoClient,
	{ marker, webhook }: Pick<WantedFlow, 'marker' | 'webhook'>,
	knownId: string | undefined,
): Promise<StoredFlow[]> {
	const here = hostOf(webhook.url);
	const rank = (action: StoredAction) => {
		const { url, name } = messageIn(action);
		return (hostOf(String(url)) === here ? 0 : 2) + (memoryOf(name).marks === null ? 1 : 0);
	};
	return (await findFlows(client, nameMarker(marker), knownId))
		.map((flow) => ({
			...flow,
			webhookActions: flow.webhookActions
				.filter((action) => String(messageIn(action).url ?? '').includes(`/${marker}/`))
				.sort((one, other) => rank(one) - rank(other)),
		}))
		.filter(({ webhookActions }) => webhookActions.length > 0);
}

function hostOfFlow(flow: StoredFlow): string {
	return hostOf(String(messageOf(flow).url));
}

export function hostOf(url: string): string {
	return URL.canParse(url) ? new URL(url).host : url;
}

/**
 * Trigger, filter and steps of a flow can't be changed through the API, only what the steps do. What a person changed
 * there is theirs, and no reason for another flow.
 */
function canBecome(flow: StoredFlow, wanted: WantedFlow): boolean {
	const stored = marksOfStored(flow);
	const goal = marksOf(wanted);
	const { marks } = memoryOf(messageOf(flow).name);
	const isTheirs = (part: Part) => marks !== null && stored[part] !== marks[part];
	const fits = (part: Part) => stored[part] === goal[part] || isTheirs(part);
	const hasDelay = flow.delayAction !== undefined;
	return (
		fits('trigger') && fits('filter') && (hasDelay === (wanted.delay !== null) || isTheirs('delay'))
	);
}

function refuseToReplaceLive(found: StoredFlow[], { may }: WantedFlow): void {
	const live = found.find(({ status }) => status !== 'draft');
	if (live === undefined || may.replaceFlow) return;
	throw new UserError(
		`Klaviyo flow '${live.name}' (${live.id}) is ${live.status}, and Klaviyo can't change what starts a flow, who leaves it, or whether it waits. Choose 'Replace the Flow' under 'Publishing May' to make a new one and set this one to draft; or set the parameters of this trigger back.`,
	);
}

function marksOfStored(flow: StoredFlow): Marks {
	const { trigger, profileFilter } = flow;
	const body = String(messageOf(flow).body ?? '');
	return storedMarks({ trigger, profileFilter, body, delay: delayOfFlow(flow) });
}

const PART_NAMES: Record<Part, string> = {
	delay: 'delay',
	filter: 'profile filter',
	trigger: 'trigger',
	body: 'body',
};

function remarkOn(
	part: Part,
	{ id, name }: StoredFlow,
	found: StoredDelay | null,
	wanted: WantedFlow,
): string {
	const which = `Klaviyo flow '${name}' (${id})`;
	return part === 'delay'
		? `${which} waits ${waitOf(found)}, this node says ${waitOf(wanted.delay)}: it was changed in Klaviyo, and stays so.`
		: `The ${PART_NAMES[part]} of ${which} was changed in Klaviyo, and stays so; this node would have another.`;
}

function waitOf(delay: StoredDelay | null): string {
	return delay === null ? 'not at all' : spanOf(delay);
}
