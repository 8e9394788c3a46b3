import axios from 'axios';

import type { Profile } from '../../klaviyo';
import { inventProfile } from '../../klaviyo/profiles';
import type { Scenario, Stage } from '../scenario';
import { dataTableRows, insertRows } from '../../n8n/dataTables';
import { formAddress } from '../../n8n/forms';
import { createTablesOf } from '../../n8n/templates';
import type { PublishedTemplate, World } from '../world';
import { attributesOf, people } from './people';

const BIRTHDAYS = 'Birthday points';
const FAILED = 'klaviyo_meiro_failed_events';
export const SUPPORT = { username: 'support', password: 'Sandbox-2031' };

/** One of them Klaviyo does not know. */
const [stranger, ...known] = people(120_000, 6).map((number) => inventProfile(number)) as [
	Profile,
	...Profile[],
];
const everybody = [stranger, ...known];
/** Must not be taken for one of them: has a row of its own, and an event in which another's ID stands as something else. */
const neighbour = inventProfile(120_999);

const birthdayOf = ({ klaviyo_id }: Profile) => ({
	booking: `${klaviyo_id} 2031`,
	person: klaviyo_id,
	year: 2031,
	points: 50,
	state: 'granted',
});
const failedEvent = (name: string, event: object, email = '') => ({
	event_id: name,
	event_name: 'placed_order',
	email,
	klaviyo_id: '',
	source: '',
	status: 'rejected',
	reason: '',
	attempts: 1,
	failed_at: new Date().toISOString(),
	last_tried_at: new Date().toISOString(),
	event: JSON.stringify(event),
	item: '',
});

/** What the form asks those who may use it for. */
export async function giveOutPassword(world: World): Promise<void> {
	const { username: user, password } = SUPPORT;
	world.credentials.erasureForm = await world.client.createCredential(
		'httpBasicAuth',
		'Erasure form',
		{ user, password },
	);
}

/** The address of the published form. */
export async function formOf(world: World, { workflowId }: PublishedTemplate): Promise<string> {
	return await formAddress(world, world.n8n.url, workflowId, 'Erasure Request');
}

/** What a browser sends. @returns the status of the answer */
export async function submit(
	url: string,
	email: string,
	auth: typeof SUPPORT | null = SUPPORT,
): Promise<number> {
	const answer = await axios.postForm(
		url,
		{ 'field-0': email },
		{ validateStatus: () => true, ...(auth === null ? {} : { auth }) },
	);
	return answer.status;
}

/** The failed execution, run again from where it failed as the list of executions offers it, and then deleted there. */
async function retryFailed({
	world,
	published,
	finished,
}: Pick<Stage, 'world' | 'published' | 'finished'>) {
	const failed = (await world.client.executions(published.workflowId)).filter(
		({ status }) => status === 'error',
	);
	for (const { id } of failed)
		await world.client.post(`/rest/executions/${id}/retry`, { loadWorkflow: false });
	await finished();
	await world.client.post('/rest/executions/delete', { ids: failed.map(({ id }) => id) });
	if (failed.length !== 1) throw new Error(`${failed.length} executions failed, wanted 1`);
}

/**
 * Somebody without the password asks first. Then five people whom Klaviyo knows and one whom it does not are erased: Meiro
 * can't be told of the first at once, and Klaviyo refuses to delete the second at first.
 */
export const erasure: Scenario = {
	template: 'erasure',
	count: everybody.length,
	credentials: { 'Erasure Request': { httpBasicAuth: 'erasureForm' } },
	// By them the report counts; the template keeps none.
	settings: { saveDataSuccessExecution: 'all' },
	async prepare(world) {
		await giveOutPassword(world);
		world.klaviyo.seedProfiles(
			[...known, neighbour].map((profile) => ({
				id: profile.klaviyo_id,
				attributes: attributesOf(profile),
			})),
		);
		for (const template of ['birthday', 'keep-what-failed']) await createTablesOf(world, template);
		await insertRows(world, BIRTHDAYS, [...known, neighbour].map(birthdayOf));
		await insertRows(world, FAILED, [
			...known.map(({ external_id, email }) =>
				failedEvent(`of ${email}`, { profile: { external_id } }),
			),
			failedEvent('of a stranger', {}, stranger.email!),
			failedEvent('of a neighbour', {
				profile: { email: neighbour.email },
				properties: { item: known[0]!.external_id },
			}),
		]);
	},
	async play(stage) {
		const { world, published } = stage;
		const url = await formOf(world, published);
		if ((await submit(url, known[0]!.email!, null)) !== 401)
			throw new Error('The form takes requests from anybody');

		const [first, second, ...others] = known as [Profile, Profile, ...Profile[]];
		world.meiro.misbehave([{ kind: 'status', status: 401, times: 1 }]);
		const refused = await submit(url, first.email!);
		if (refused < 400) throw new Error(`The form answers ${refused} when Meiro can’t be told`);
		if (world.klaviyo.profile(first.email!) === undefined)
			throw new Error('Klaviyo deleted somebody of whom Meiro is not told');
		await retryFailed(stage);

		world.klaviyo.misbehave({ path: '/api/data-privacy-deletion-jobs', answer: 403 });
		await submit(url, second.email!);
		await retryFailed(stage);

		for (const { email } of [...others, stranger]) await submit(url, ` ${email!.toUpperCase()}`);
		await stage.finished();
	},
	expected: everybody.map((profile) => ({
		event_name: 'erasure_requested',
		person: profile.email!,
		body: {
			profile:
				profile === stranger
					? { email: profile.email }
					: {
							klaviyo_id: profile.klaviyo_id,
							external_id: profile.external_id,
							phone_number: profile.phone_number,
						},
			properties: { in_klaviyo: profile !== stranger },
		},
	})),
	async check(world) {
		const { klaviyo } = world;
		const left = known.filter(({ email }) => klaviyo.profile(email!) !== undefined).length;
		const jobs = klaviyo
			.deletionJobs()
			.filter(({ value }) => everybody.some(({ email }) => email === value)).length;
		const rows = JSON.stringify([
			await dataTableRows(world, BIRTHDAYS),
			await dataTableRows(world, FAILED),
		]);
		const kept = everybody.filter(
			({ email, klaviyo_id }) => rows.includes(email!) || rows.includes(klaviyo_id!),
		).length;
		const neighbours = [`${neighbour.klaviyo_id} 2031`, 'of a neighbour'].filter(
			(each) => !rows.includes(each),
		);
		return [
			...(left === 0 ? [] : [`Klaviyo still has ${left} of ${known.length} people`]),
			...(jobs === known.length
				? []
				: [`Klaviyo was asked for ${jobs} deletions, wanted ${known.length}`]),
			...(kept === 0 ? [] : [`n8n’s tables still have ${kept} people`]),
			...neighbours.map((each) => `n8n’s tables lack the row '${each}' of somebody else`),
		];
	},
};
