// The template self-check finds out what an account does, whatever it does: on a real n8n, in front of stand-ins that
// speak other dialects each.
import { createdFlow } from '../../sandbox/demo/scenario';
import {
	ask,
	SELF_CHECK_ADDRESS,
	pasteBody,
	probeBodyOf,
	probesIn,
	reportOf,
	selfCheck,
	type Finding,
} from '../../sandbox/demo/scenarios/selfCheck';
import { giveOutPassword } from '../../sandbox/demo/scenarios/erasure';
import { publishTemplate, WorldBuilder, type World } from '../../sandbox/demo/world';
import { startKlaviyo, type KlaviyoDialect } from '../../sandbox/klaviyo';
import { startMeiro, type MeiroOptions } from '../../sandbox/meiro';
import { finishedExecutions } from '../../sandbox/n8n/executions';

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
const METRIC = { name: 'n8n self-check', id: 'METSLF' };
/** The first retry then comes after two seconds, which a rendered clock can tell. */
const TIME_SCALE = 30;

/** Plays the self-check in front of an account of its own. */
async function findOut(
	dialect: Partial<KlaviyoDialect>,
	meiroDialect: NonNullable<MeiroOptions['dialect']>,
): Promise<Finding[]> {
	const klaviyo = await startKlaviyo({ dialect, timeScale: TIME_SCALE, metrics: [METRIC] });
	const meiro = await startMeiro({ dialect: meiroDialect, sources: [SOURCE] });
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
					product: 'meiroEvents',
					baseUrl: meiro.url,
					authentication: 'none',
				}),
			},
		};
		const published = await publishTemplate(own, {
			...selfCheck,
			parameters: {
				'Probe Arrived': { metricId: METRIC.id },
				'Send to Klaviyo': { url: `${klaviyo.apiUrl}/api/events` },
			},
		});
		const flowId = createdFlow(own, published.url);
		await pasteBody(klaviyo, flowId, probeBodyOf(await ask(own, published, 'metric')));
		await ask(own, published, 'probe');
		const before = await reportOf(own, published);
		expect(before.find(({ question }) => question === 'retryBody')!.seen).toBe('waiting');
		for (const entry of probesIn(klaviyo)) klaviyo.enter(flowId, entry);
		await klaviyo.settled(flowId);
		await finishedExecutions(own, published.workflowId);
		await ask(own, published, 'read');
		await ask(own, published, 'meiro');
		expect(await ask(own, published, 'delete')).toContain('Nothing was deleted');
		expect(klaviyo.deletionJobs()).toEqual([]);
		const report = await reportOf(own, published);
		expect(JSON.stringify(report)).not.toContain('@');
		return report;
	} finally {
		await klaviyo.close();
		await meiro.close();
	}
}

const DIALECTS: Array<[Partial<KlaviyoDialect>, NonNullable<MeiroOptions['dialect']>, object]> = [
	[{}, {}, { success: '200', eventsShownAfter: '0 s', retryBody: 'same', unknownSource: '404' }],
	[
		{ eventIdWithoutSenders: 'absent', missingValue: 'None', retryBody: 'renderedAnew' },
		{ unknownSource: '200', success: '204' },
		{ unknownSource: '204', success: '204' },
	],
	[
		{ eventIdWithoutSenders: 'empty', base64OfNone: 'fails', htmlEscaping: 'on' },
		{ success: '201 json' },
		{ success: '201' },
	],
	[{ base64OfNumbers: 'fails', extraName: 'extra' }, { success: '202 json' }, { success: '202' }],
	[{ base64OfLists: 'fails', extraName: '$extra', eventTimestampTag: 'there' }, {}, {}],
	[
		{ todayTime: 'zeros', eventsShownAfter: '2 s' },
		{},
		{
			retryBody: 'not to be seen, as today has no time',
			eventsShownAfter: expect.stringMatching(/^more than 0 s/) as unknown,
		},
	],
];

const ASSUMED = {
	...{ eventIdWithoutSenders: 'unixSecond', missingValue: '', base64OfNone: 'text' },
	...{ base64OfNumbers: 'text', base64OfLists: 'text', htmlEscaping: 'off', todayTime: 'full' },
	...{ extraName: 'both', eventTimestampTag: 'absent', textArrivesWhole: 'yes' },
	sentTwice: 'delivered, delivered',
};

it.each(DIALECTS)(
	'finds out %j and %j',
	async (klaviyo, meiro, others) => {
		const report = await findOut(klaviyo, meiro);
		const seen = Object.fromEntries(report.map(({ question, seen: found }) => [question, found]));
		expect(seen).toMatchObject({ ...ASSUMED, ...klaviyo, ...others });
	},
	120_000,
);

it('sends nothing to an address that Klaviyo knows, and no probe before the metric', async () => {
	const published = await publishTemplate(world, {
		...selfCheck,
		parameters: {
			...selfCheck.parameters,
			'Send to Klaviyo': { url: `${world.klaviyo.apiUrl}/api/events` },
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
