import axios from 'axios';

import { inventProfile } from '../../klaviyo/profiles';
import { dataTableRows } from '../../n8n/dataTables';
import type { Scenario } from '../scenario';
import { publishTemplate, type World } from '../world';
import { consentSync } from './consentSync';
import { attributesOf, people, SUBSCRIBED } from './people';

const HEADER = { name: 'X-Meiro-Secret', value: 'opt-out-2031' };
const UNSUBSCRIBED = people(130_000, 4).map((number) => inventProfile(number));
const SUPPRESSED = people(130_100, 2).map((number) => inventProfile(number));
const TOO_MANY = people(130_200, 2).map((number) => inventProfile(number));
const ALL = [...UNSUBSCRIBED, ...SUPPRESSED, ...TOO_MANY];
const PER_HOUR = UNSUBSCRIBED.length + SUPPRESSED.length;

const howOf = (email: string) =>
	SUPPRESSED.some((each) => each.email === email) ? 'suppress' : 'unsubscribe';

/** What tells Meiro of it; once, as two would tell it twice. */
async function ensureConsentSync(world: World): Promise<void> {
	const there = await world.client.get<unknown[]>('/rest/workflows', {
		filter: JSON.stringify({ query: 'Klaviyo unsubscribes and suppressions to Meiro' }),
	});
	if (there.length === 0) await publishTemplate(world, consentSync);
}

/** As Meiro calls it. @returns the status of the answer */
async function optOut({ n8n }: World, email: string, secret = HEADER.value): Promise<number> {
	const { status } = await axios.post(
		`${n8n.url}/webhook/klaviyo-opt-out`,
		{ email, how: howOf(email) },
		{ headers: { [HEADER.name]: secret }, validateStatus: () => true },
	);
	return status;
}

const asked = ({ klaviyo }: World) =>
	klaviyo
		.apiCalls()
		.filter(({ path }) => /subscription-bulk-delete-jobs|suppression-bulk-create-jobs/.test(path))
		.length;

/**
 * Six people opt out in Meiro, and consent-sync tells Meiro of it, which calls once more for each: nobody is opted out
 * twice. Two more are too many for an hour: they wait until somebody says go on.
 */
export const optOutFromMeiro: Scenario = {
	template: 'opt-out-from-meiro',
	count: ALL.length,
	credentials: { 'Opted Out in Meiro': { httpHeaderAuth: 'optOutHeader' } },
	parameters: {
		'How Many an Hour': {
			assignments: {
				assignments: [{ id: 'per_hour', name: 'per_hour', value: PER_HOUR, type: 'number' }],
			},
		},
	},
	async prepare(world) {
		world.credentials.optOutHeader = await world.client.createCredential(
			'httpHeaderAuth',
			'Opt-out header',
			HEADER,
		);
		world.klaviyo.seedProfiles(
			ALL.map((profile) => ({
				id: profile.klaviyo_id,
				attributes: attributesOf(profile),
				subscriptions: SUBSCRIBED,
			})),
		);
		await ensureConsentSync(world);
	},
	async play({ world, published, arrived, finished, run }) {
		const stranger = await optOut(world, ALL[0]!.email!, 'wrong');
		if (stranger !== 403) throw new Error(`A wrong secret is answered ${stranger}, wanted 403`);
		const before = asked(world);
		const callFor = async (profiles: typeof ALL) => {
			for (const { email } of profiles) {
				await optOut(world, email!);
				await finished();
			}
		};
		await callFor([...UNSUBSCRIBED, ...SUPPRESSED]);
		await arrived(PER_HOUR);
		// What Meiro learned of Klaviyo comes back.
		await callFor([...UNSUBSCRIBED, ...SUPPRESSED]);
		if (asked(world) - before !== PER_HOUR)
			throw new Error(`Klaviyo was asked ${asked(world) - before} times, wanted ${PER_HOUR}`);

		await callFor(TOO_MANY);
		const failed = (await world.client.executions(published.workflowId)).filter(
			({ status }) => status === 'error',
		);
		if (failed.length !== TOO_MANY.length) throw new Error(`${failed.length} executions ask`);
		await world.client.post('/rest/executions/delete', { ids: failed.map(({ id }) => id) });
		if (asked(world) - before !== PER_HOUR) throw new Error('More opted out than an hour may have');
		await run('Go On');
	},
	expected: ALL.map(({ email }) => ({
		event_name: 'profile_suppressed',
		person: email!,
		body: {
			properties: {
				consent_change: 'suppressed',
				reason: howOf(email!) === 'suppress' ? 'USER_SUPPRESSED' : 'UNSUBSCRIBE',
			},
		},
	})),
	async check(world) {
		const rows = await dataTableRows(world, 'Opt-outs from Meiro');
		const done = rows.filter(({ state }) => state === 'done').length;
		return done === ALL.length ? [] : [`${done} opt-outs are noted as done, wanted ${ALL.length}`];
	},
};
