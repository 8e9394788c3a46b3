// The template self-check finds out what an account does, whatever it does: on a real n8n, in front of stand-ins that
// speak other dialects each.
import { createdFlow } from '../../sandbox/demo/scenario';
import {
	addressesAt,
	ask,
	CDP_NODES,
	CDP_SET_UP,
	SELF_CHECK_ADDRESS,
	pasteBody,
	probeBodyOf,
	probesIn,
	reportOf,
	selfCheck,
	addHeader,
	type Report,
} from '../../sandbox/demo/scenarios/selfCheck';
import { giveOutPassword } from '../../sandbox/demo/scenarios/erasure';
import { publishTemplate, WorldBuilder, type World } from '../../sandbox/demo/world';
import { startKlaviyo } from '../../sandbox/klaviyo';
import { startMeiro } from '../../sandbox/meiro';
import { finishedExecutions } from '../../sandbox/n8n/executions';
import { SELF_CHECK_CASES, seenOf, type SelfCheckCase } from '../support/selfCheckDialects';

const builder = new WorldBuilder();
let world: World;

beforeAll(async () => {
	await builder.install(() => undefined);
	await builder.installPackage();
	await builder.startStandIns();
	await builder.startN8n();
	world = await builder.finish();
	await giveOutPassword(world);
}, 900_000);

afterAll(async () => {
	await builder.close();
});

const SOURCE = 'n8n-self-check';
const CDP_USER = { email: 'n8n@shop.example', password: 'stand-in' };
/** n8n asks for 90 seconds, and a Klaviyo that honours it waits so long. */
const RETRIED_WITHIN_MS = 150_000;
const METRIC = { name: 'n8n self-check', id: 'METSLF' };
/** The first retry then comes after two seconds, which a rendered clock can tell. */
const TIME_SCALE = 30;

/** So far ahead that its day is another one than in UTC for most of the day. */
const TIMEZONE = 'Pacific/Kiritimati';
/** All that a report may say of an account. */
const KNOWN_WORDS =
	/^(?:|[a-z]+|\$extra|unixSecond|renderedAnew|asDefined|whole(?:Unn|N)amed|restTaken|always2xx|None|\d{3}(?: json| text)?|0 s|more than 0 s, at most \d+ s|delivered, delivered|processing finished|QUEUED RUNNING SUCCESS|1 2 3|asked of Meiro Pipes alone|not to be seen.*)$/;

/** Plays the self-check in front of an account of its own. @returns the report, and what may not stand in it */
async function findOut({
	klaviyo: klaviyoDialect,
	meiro: meiroDialect,
	product = 'meiroEvents',
}: Pick<SelfCheckCase, 'klaviyo' | 'meiro'> & { product?: string }): Promise<{
	report: Report;
	account: string[];
}> {
	const klaviyo = await startKlaviyo({
		...{ dialect: klaviyoDialect, timeScale: TIME_SCALE, metrics: [METRIC], timezone: TIMEZONE },
	});
	const meiro = await startMeiro({
		...{ dialect: meiroDialect, sources: [SOURCE], pipesSources: [SOURCE] },
		...{ eventTypes: ['n8n_self_check'], cdp: CDP_SET_UP },
	});
	try {
		const make = async (type: string, data: Record<string, unknown>) =>
			await world.client.createCredential(type, type, { ...data, allowPrivate: true });
		const own: World = {
			...world,
			...{ klaviyo, meiro },
			credentials: {
				...world.credentials,
				klaviyoPrivateKeyApi: await make('klaviyoPrivateKeyApi', {
					apiKey: 'pk_sandbox',
					baseUrl: klaviyo.apiUrl,
				}),
				meiroEventsApi: await make('meiroEventsApi', {
					product,
					baseUrl: meiro.url,
					authentication: 'none',
				}),
				meiroCdpApi: await make('meiroCdpApi', {
					...{ baseUrl: meiro.cdp.url, authentication: 'password', ...CDP_USER },
					...{ audienceUrl: meiro.url, pipesUrl: meiro.url, pipesToken: 'mppak_stand_in' },
				}),
			},
		};
		const published = await publishTemplate(own, {
			...selfCheck,
			activated: CDP_NODES,
			parameters: {
				...addressesAt(klaviyo.apiUrl),
				'Probe Arrived': { metricId: METRIC.id },
				'Pipes Profile': { slug: SOURCE },
			},
		});
		const flowId = createdFlow(own, published.url);
		await pasteBody(klaviyo, flowId, probeBodyOf(await ask(own, published, 'metric')));
		await ask(own, published, 'probe');
		const before = await reportOf(own, published);
		expect(before.questions.find(({ question }) => question === 'retryBody')!.seen).toBe('waiting');
		for (const entry of probesIn(klaviyo)) klaviyo.enter(flowId, entry);
		await klaviyo.settled(flowId, RETRIED_WITHIN_MS);
		await finishedExecutions(own, published.workflowId);
		await addHeader(klaviyo, flowId, 'Content-Type', 'text/plain');
		await ask(own, published, 'type');
		for (const entry of probesIn(klaviyo, 'type')) klaviyo.enter(flowId, entry);
		await klaviyo.settled(flowId);
		await finishedExecutions(own, published.workflowId);
		const isShown = async () =>
			(await reportOf(own, published)).questions.every(
				({ question, seen }) => question !== 'eventsShownAfter' || seen !== 'waiting',
			);
		const deadline = Date.now() + 60_000;
		do await ask(own, published, 'read');
		while (!(await isShown()) && Date.now() < deadline);
		await ask(own, published, 'draft');
		expect(klaviyo.flows().map(({ id }) => id)).toEqual([flowId]);
		for (const step of ['meiro', 'cdp', 'readMeiro', 'readMeiro'] as const)
			await ask(own, published, step);
		expect(await ask(own, published, 'delete')).toContain('Nothing was deleted');
		expect(klaviyo.deletionJobs()).toEqual([]);
		const report = await reportOf(own, published);
		const people = klaviyo.profiles().flatMap(({ id, attributes }) => [id, attributes.email]);
		const account = [
			...people.map(String),
			...[
				'@',
				SOURCE + '-unknown',
				...meiro.cdp.uploads().map(({ id }) => id),
				flowId,
				METRIC.id,
				TIMEZONE,
				klaviyo.apiUrl,
				meiro.url,
			],
			...[published.workflowId, published.url, own.webhook.secret, 'pk_sandbox'],
			...[CDP_USER.password, 'mppak_stand_in'],
		];
		return { report, account };
	} finally {
		await klaviyo.close();
		await meiro.close();
	}
}

it.each(SELF_CHECK_CASES)('finds out $klaviyo and $meiro', async (one) => {
	const { report, account } = await findOut(one);
	const found = report.questions.map(({ question, seen }) => [question, seen]);
	const expected = Object.entries(seenOf(one)).map(([question, seen]) => [
		question,
		seen instanceof RegExp ? expect.stringMatching(seen) : seen,
	]);
	expect(Object.fromEntries(found)).toMatchObject(Object.fromEntries(expected) as object);
	expect(report.questions.filter(({ seen }) => !KNOWN_WORDS.test(seen))).toEqual([]);
	const written = JSON.stringify(report).toLowerCase();
	expect(account.filter((value) => written.includes(value.toLowerCase()))).toEqual([]);
});

it('sends nothing to an address that Klaviyo knows, and no probe before the metric', async () => {
	const published = await publishTemplate(world, {
		...selfCheck,
		parameters: {
			...selfCheck.parameters,
			...addressesAt(world.klaviyo.apiUrl),
		},
	});
	const before = world.klaviyo.writtenEvents().length;
	await expect(ask(world, published, 'probe')).rejects.toThrow('came to no page');
	const own = `+n8n-self-check-${published.workflowId.toLowerCase()}@`;
	world.klaviyo.seedProfiles([
		{
			id: '01JZ00000000000000000SELF1',
			attributes: { email: SELF_CHECK_ADDRESS.replace('@', own) },
		},
	]);
	await expect(ask(world, published, 'metric')).rejects.toThrow('came to no page');
	expect(world.klaviyo.writtenEvents()).toHaveLength(before);
});
