import type { IDataObject } from 'n8n-workflow';

import { processState } from '../../../shared/processState';
import type { KlaviyoClient } from '../../api/klaviyoClient';
import { formerStatusOf, nameMarker, webhookData, type WantedFlow } from './flowDefinition';
import {
	createFlow,
	findFlows,
	setFlowStatus,
	updateAction,
	type StoredAction,
	type StoredFlow,
} from './flows';

/** What became of the flow in Klaviyo, for the log. */
export interface KeptFlow {
	id: string;
	/** Flows of an earlier set-up that were set to draft. */
	setToDraft: string[];
}

/** Publishing one trigger twice at the same time in one process must not make two flows. */
const underWay = processState(() => new Map<string, Promise<KeptFlow>>());

/**
 * Makes Klaviyo have exactly the wanted flow: finds this trigger's own and brings it up to date, or creates it.
 * Never deletes one. Klaviyo is asked each time, so nothing that n8n remembers can be out of step.
 */
export async function keepFlow(client: KlaviyoClient, wanted: WantedFlow): Promise<KeptFlow> {
	// Each waits for the one before it, however many there are.
	const earlier = underWay()
		.get(wanted.marker)
		?.catch(() => undefined);
	const keeping = Promise.resolve(earlier).then(async () => await bringUpToDate(client, wanted));
	underWay().set(wanted.marker, keeping);
	try {
		return await keeping;
	} finally {
		if (underWay().get(wanted.marker) === keeping) underWay().delete(wanted.marker);
	}
}

async function bringUpToDate(client: KlaviyoClient, wanted: WantedFlow): Promise<KeptFlow> {
	const found = await findOwn(client, wanted.marker);
	const created = found.some((flow) => canBecome(flow, wanted))
		? null
		: await createFlow(client, wanted);
	// Another main process may have created one at the same moment: both then keep the older one.
	const own = created === null ? found : await findOwn(client, wanted.marker);
	const kept = own.find((flow) => canBecome(flow, wanted)) ?? created!;
	await update(client, kept, wanted);

	const setToDraft: string[] = [];
	for (const { id, status } of own) {
		if (id === kept.id || status === 'draft') continue;
		await setFlowStatus(client, id, 'draft');
		setToDraft.push(id);
	}
	return { id: kept.id, setToDraft };
}

/** Sets the trigger's flow to draft; the next publish restores the status it had. */
export async function pauseFlow(
	client: KlaviyoClient,
	wanted: Pick<WantedFlow, 'marker' | 'webhook'>,
): Promise<void> {
	for (const flow of await findOwn(client, wanted.marker)) {
		if (flow.status === 'draft') continue;
		const action = webhookOf(flow)!;
		await updateAction(client, action, webhookData(wanted.webhook, 'draft', flow.status));
		await setFlowStatus(client, flow.id, 'draft');
	}
}

async function update(client: KlaviyoClient, flow: StoredFlow, wanted: WantedFlow): Promise<void> {
	const action = webhookOf(flow)!;
	const former = formerStatusOf((action.data.message as IDataObject | undefined)?.name);
	const status = wantedStatus(flow.status, former, wanted.status);
	// Klaviyo may mask header values in answers, so a changed secret can't be seen: always sent.
	await updateAction(client, action, webhookData(wanted.webhook, status, null));

	const delay = flow.actions.find(({ type }) => type === 'time-delay');
	if (delay && wanted.delay && !isSameDelay(delay, wanted)) {
		await updateAction(client, delay, { ...delay.data, ...wanted.delay });
	}
	if (status !== flow.status) await setFlowStatus(client, flow.id, status);
}

/** Back to what it was before the pause; live when the user chose so; else as the user left it in Klaviyo. */
function wantedStatus(
	current: string,
	former: 'live' | 'manual' | null,
	chosen: 'draft' | 'live',
): 'draft' | 'live' | 'manual' {
	if (chosen === 'live') return 'live';
	if (former !== null && current === 'draft') return former;
	return current === 'live' || current === 'manual' ? current : 'draft';
}

/** A name alone could be a coincidence or a copy: the webhook must call this trigger, at whatever host. */
async function findOwn(client: KlaviyoClient, marker: string): Promise<StoredFlow[]> {
	return (await findFlows(client, nameMarker(marker))).filter((flow) => {
		const message = webhookOf(flow)?.data.message as IDataObject | undefined;
		return String(message?.url ?? '').includes(`/${marker}/`);
	});
}

/**
 * Trigger, filter and steps of a flow can't be changed through the API, only what the steps do. Compared is what
 * the set-up chooses, not the whole text: Klaviyo may write the rest in its own way.
 */
function canBecome(flow: StoredFlow, wanted: WantedFlow): boolean {
	const hasDelay = flow.actions.some(({ type }) => type === 'time-delay');
	const { startsFrom, startId, triggerTime, exitMetricId } = wanted;
	return (
		triggerKey(flow.trigger) ===
			`${startsFrom} ${startId} ${startsFrom === 'date' ? triggerTime : ''}` &&
		exitMetricsOf(flow.profileFilter).join() === (exitMetricId ?? '') &&
		hasDelay === (wanted.delay !== null)
	);
}

function triggerKey(trigger: IDataObject): string {
	const start = String(trigger.id ?? trigger.date_profile_property ?? '');
	return `${String(trigger.type)} ${start} ${String(trigger.trigger_time ?? '').slice(0, 5)}`;
}

function exitMetricsOf(filter: IDataObject | null): string[] {
	const groups = (filter?.condition_groups ?? []) as Array<{ conditions?: IDataObject[] }>;
	return groups
		.flatMap(({ conditions = [] }) => conditions)
		.map(({ metric_id }) => String(metric_id ?? ''));
}

function isSameDelay({ data }: StoredAction, { delay }: WantedFlow): boolean {
	return (data.unit ?? 'days') === delay?.unit && data.value === delay?.value;
}

function webhookOf(flow: StoredFlow): StoredAction | undefined {
	return flow.actions.find(({ type }) => type === 'send-webhook');
}
