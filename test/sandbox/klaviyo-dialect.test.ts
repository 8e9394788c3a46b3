// Each answer to what Klaviyo does not document, as the stand-in speaks it.
import { startKlaviyo, type KlaviyoDialect, type MetricEvent } from '../../sandbox/klaviyo';
import {
	clientOf,
	newFlow,
	statusChange,
	webhookStep,
} from '../../sandbox/klaviyo/api/example-client';
import { KLAVIYO_QUESTIONS, klaviyoDialect } from '../../sandbox/klaviyo/dialect';
import { render } from '../../sandbox/klaviyo/render';
import { ANA, closeAll, flowTo, HURRY, kept, startReceiver } from './klaviyo-receiver';

afterEach(closeAll);

const EVENT: MetricEvent = {
	metric: 'Any',
	time: '2031-02-03T04:05:06Z',
	properties: { number: 7, list: ['a'], text: `a & <b> "c" 'd'`, $extra: { id: 1 } },
};

function rendered(body: string, dialect: Partial<KlaviyoDialect>, timezone?: string): string {
	const context = { person: ANA.profile, event: EVENT, organization: { name: 'Lamp Shop' } };
	const now = new Date('2031-02-03T23:30:15Z');
	return render(body, { ...context, now }, { dialect, timezone });
}

const outcome = (body: string, dialect: Partial<KlaviyoDialect>) => {
	try {
		return rendered(body, dialect);
	} catch {
		return 'refused';
	}
};

describe('the table of questions', () => {
	it('has two answers or more to each, and says where the first comes from', () => {
		for (const { values, source, means } of Object.values(KLAVIYO_QUESTIONS)) {
			expect(new Set(values).size).toBeGreaterThan(1);
			expect(source).toMatch(/unknown|https:|help page/);
			expect(means).toMatch(/\.$/);
		}
	});

	it('takes the first answer where nothing is said', () => {
		expect(klaviyoDialect({ missingValue: 'None' })).toMatchObject({
			missingValue: 'None',
			eventIdWithoutSenders: 'unixSecond',
		});
	});
});

describe('a body', () => {
	it.each([
		["{{ event|lookup:'$event_id' }}", { eventIdWithoutSenders: 'unixSecond' }, '1927857906'],
		["[{{ event|lookup:'$event_id' }}]", { eventIdWithoutSenders: 'absent' }, '[]'],
		[
			"{% if event|lookup:'$event_id' == '' %}empty{% endif %}",
			{ eventIdWithoutSenders: 'empty' },
			'empty',
		],
		['{{ event.none }}', { missingValue: 'None' }, 'None'],
		['{{ event.none|base64_encode }}', { base64OfNone: 'fails' }, 'refused'],
		['{{ event.number|base64_encode }}', { base64OfNone: 'fails' }, 'Nw=='],
		['{{ event.number|base64_encode }}', { base64OfNumbers: 'fails' }, 'refused'],
		['{{ event.list|base64_encode }}', { base64OfNumbers: 'fails' }, 'WydhJ10='],
		['{{ event.list|base64_encode }}', { base64OfLists: 'fails' }, 'refused'],
		['{{ event.text }}', { htmlEscaping: 'on' }, 'a &amp; &lt;b&gt; &quot;c&quot; &#x27;d&#x27;'],
		['{{ event.text|safe }}', { htmlEscaping: 'on' }, `a & <b> "c" 'd'`],
		['{{ event.text|safe|base64_encode }}', { htmlEscaping: 'on' }, 'YSAmIDxiPiAiYyIgJ2Qn'],
		["{% today '%d %H%M%S' as x %}{{ x }}", { todayTime: 'full' }, '03 233015'],
		["{% today '%d %H%M%S' as x %}{{ x }}", { todayTime: 'zeros' }, '03 000000'],
		['{{ event.extra.id }}', { extraName: 'extra' }, '1'],
		['[{{ event.extra.id }}]', { extraName: '$extra' }, '[]'],
		["{{ event|lookup:'$extra'|lookup:'id' }}", { extraName: '$extra' }, '1'],
		['{{ event.timestamp }}', { eventTimestampTag: 'there' }, '1927857906'],
	] as Array<[string, Partial<KlaviyoDialect>, string]>)(
		'%s by %j is %s',
		(body, dialect, expected) => {
			expect(outcome(body, dialect)).toBe(expected);
		},
	);

	it('has the day of the account, or of UTC', () => {
		const body = "{% today '%d %H' as x %}{{ x }}";
		expect(rendered(body, {}, 'Asia/Tokyo')).toBe('04 08');
		expect(rendered(body, { todayZone: 'utc' }, 'Asia/Tokyo')).toBe('03 23');
	});
});

describe('a delivery', () => {
	it('has no content type where the user gives none and Klaviyo has none', async () => {
		const receiver = kept(await startReceiver(200));
		const dialect = { defaultContentType: 'none' } as const;
		const klaviyo = kept(await startKlaviyo({ ...HURRY, dialect }));
		klaviyo.enter(klaviyo.createFlow(flowTo(receiver.url)).id, ANA);
		await klaviyo.settled();
		expect(receiver.received[0]?.headers).not.toHaveProperty('content-type');
	});

	it.each([
		['same', ['1', '1']],
		['renderedAnew', ['1', '2']],
	] as const)('is the %s at a retry', async (retryBody, days) => {
		let day = 1;
		const receiver = kept(await startReceiver(503, 200));
		const now = () => new Date(Date.UTC(2031, 1, day));
		const klaviyo = kept(await startKlaviyo({ ...HURRY, now, dialect: { retryBody } }));
		klaviyo.onDelivery(() => (day = 2));
		const body = "{% today '%-d' as x %}{{ x }}";
		klaviyo.enter(
			klaviyo.createFlow({ ...flowTo(receiver.url), webhook: { url: receiver.url, body } }).id,
			ANA,
		);
		await klaviyo.settled();
		expect(receiver.received.map((each) => String(each.body))).toEqual(days);
	});
});

describe('the API', () => {
	it.each([
		['absent', undefined],
		['empty', ''],
		['unixSecond', '1927857906'],
	] as const)(
		"has $event_id %s of an event without a sender's id",
		async (eventIdWithoutSenders, id) => {
			const klaviyo = kept(await startKlaviyo({ dialect: { eventIdWithoutSenders } }));
			klaviyo.seedEvents([
				{ metric: 'Any', profile: 'ana@shop.example', time: new Date(EVENT.time) },
			]);
			expect(klaviyo.events()[0]?.properties.$event_id).toBe(id);
		},
	);

	it('shows an event some seconds after it came', async () => {
		let ms = Date.parse('2031-02-03T04:05:06Z');
		const now = () => new Date(ms);
		const klaviyo = kept(await startKlaviyo({ now, dialect: { eventsShownAfter: '2 s' } }));
		klaviyo.seedEvents([{ metric: 'Any', profile: 'ana@shop.example', time: now() }]);
		const api = clientOf(klaviyo.apiUrl);
		const count = async () => (await api.get<{ data: unknown[] }>('/api/events')).data.data.length;
		ms += 1999;
		expect(await count()).toBe(0);
		ms += 1;
		expect(await count()).toBe(1);
	});

	it.each([
		['cut', 200, false],
		['kept', 200, true],
		['refused', 400, true],
	] as const)(
		'%s what an action is linked to when a change has no links',
		async (answer, status, isLinked) => {
			const klaviyo = kept(await startKlaviyo({ dialect: { actionWithoutLinks: answer } }));
			const api = clientOf(klaviyo.apiUrl);
			const wait = {
				...{ temporary_id: 'wait', type: 'time-delay', links: { next: 'send' } },
				data: { unit: 'hours', value: 4 },
			};
			const made = await api.post<{ data: { id: string } }>(
				'/api/flows',
				newFlow([wait, webhookStep('https://n8n.example/x')]),
			);
			const flowId = made.data.data.id;
			const { id, ...action } = klaviyo.flow(flowId)!.definition.actions[0]!;
			const definition = { ...action, links: undefined };
			const change = { data: { type: 'flow-action', id, attributes: { definition } } };
			expect((await api.patch(`/api/flow-actions/${id}`, change)).status).toBe(status);
			expect(klaviyo.flow(flowId)!.definition.actions[0]!.links?.next !== null).toBe(isLinked);
		},
	);

	it.each([
		['asDefined', ['sent', 'skipped'], null],
		['always', ['sent', 'sent'], { duration: 0, unit: 'alltime' }],
	] as const)(
		'lets nobody twice into a flow without criteria: %s',
		async (reentry, statuses, criteria) => {
			const receiver = kept(await startReceiver(200));
			const klaviyo = kept(await startKlaviyo({ ...HURRY, dialect: { reentry } }));
			const api = clientOf(klaviyo.apiUrl);
			const made = await api.post<{
				data: { id: string; attributes: { definition: { reentry_criteria: unknown } } };
			}>('/api/flows', newFlow([webhookStep(receiver.url)]));
			const { id, attributes } = made.data.data;
			expect(attributes.definition.reentry_criteria).toEqual(criteria);
			await api.patch(`/api/flows/${id}`, statusChange(id, 'live'));
			klaviyo.enter(id, ANA);
			klaviyo.enter(id, ANA);
			await klaviyo.settled();
			expect(klaviyo.deliveries(id).map(({ status }) => status)).toEqual(statuses);
		},
	);
});
