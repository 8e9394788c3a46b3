import {
	callTrigger,
	MemoryCredentials,
	type TriggerAnswer,
	type TriggerRequest,
	type TriggerSetup,
} from './support/engine';

const SECRET = 'a-long-enough-secret-1';

let count = 0;

/** A trigger of its own, so that no other test's deliveries share its executions. */
function setUp(parameters = {}): TriggerSetup {
	return {
		credentials: new MemoryCredentials({
			klaviyoWebhookApi: { headerName: 'X-Klaviyo-Secret', secret: SECRET },
		}),
		credentialId: `sharing-${count}`,
		name: `Trigger ${count++}`,
		parameters,
	};
}

async function deliver(setup: TriggerSetup, number: number, more: Partial<TriggerRequest> = {}) {
	return await callTrigger(setup, {
		headers: { 'x-klaviyo-secret': SECRET },
		body: JSON.stringify({
			email: `person-${number}@shop.example`,
			event_name: 'placed_order',
			number,
		}),
		...more,
	});
}

/** n8n's answer to one delivery, given when the test says so. */
function answer() {
	let give!: (status: number) => void;
	const promise = new Promise<number>((resolve) => {
		give = resolve;
	});
	return { promise, give };
}

const numbersOf = ({ items }: TriggerAnswer) =>
	items.map(({ json }) => (json.properties as { number: number }).number);

/** A first delivery that n8n takes its time for, so that the next ones have something to wait behind. */
async function busy(setup: TriggerSetup) {
	const saved = answer();
	await deliver(setup, 0, { n8nAnswers: saved.promise });
	return saved;
}

describe('deliveries that come while n8n saves another', () => {
	it('start one execution with all events, and each sender hears yes when it is saved', async () => {
		const setup = setUp();
		const first = await busy(setup);
		const saved = answer();
		const leading = deliver(setup, 1, { n8nAnswers: saved.promise });
		const following = [2, 3].map(async (number) => await deliver(setup, number));
		first.give(200);
		expect(numbersOf(await leading)).toEqual([1, 2, 3]);

		let heard = 0;
		const all = following.map(async (one) => await one.finally(() => heard++));
		await new Promise((resolve) => setImmediate(resolve));
		expect(heard).toBe(0);
		saved.give(200);
		for (const { data, items, status } of await Promise.all(all)) {
			expect(data).toEqual({ webhookResponse: { message: 'Workflow was started' } });
			expect(items).toEqual([]);
			expect(status).toBeNull();
		}
	});

	it.each([500, 503, 404])(
		'are asked to send again when n8n answers the first with %i',
		async (status) => {
			const setup = setUp();
			const first = await busy(setup);
			const leading = deliver(setup, 1, { n8nAnswers: Promise.resolve(status) });
			const pending = deliver(setup, 2);
			first.give(200);
			await leading;
			const following = await pending;
			expect(following.status).toBe(503);
			expect(following.headers['retry-after']).toMatch(/^\d+$/);
			expect(following.data).toEqual({ noWebhookResponse: true });
		},
	);

	it('hear yes although the first sender has hung up, because n8n saves its execution all the same', async () => {
		const setup = setUp();
		const first = await busy(setup);
		const saved = answer();
		const leading = deliver(setup, 1, { n8nAnswers: saved.promise, senderHangsUp: true });
		const following = deliver(setup, 2);
		first.give(200);
		await leading;
		saved.give(200);
		expect((await following).data.webhookResponse).toEqual({ message: 'Workflow was started' });
	});

	it('are taken even when one of the followers has hung up', async () => {
		const setup = setUp();
		const first = await busy(setup);
		const leading = deliver(setup, 1);
		const hungUp = deliver(setup, 2, { senderHangsUp: true });
		first.give(200);
		expect(numbersOf(await leading)).toEqual([1, 2]);
		await hungUp;
	});

	it('of another trigger do not meet', async () => {
		const [one, other] = [setUp(), setUp()];
		const saving = [await busy(one), await busy(other)];
		const deliveries = [deliver(one, 1), deliver(other, 2)];
		for (const { give } of saving) give(200);
		const [first, second] = await Promise.all(deliveries);
		expect(numbersOf(first!)).toEqual([1]);
		expect(numbersOf(second!)).toEqual([2]);
	});

	it('with a wrong secret join nothing', async () => {
		const setup = setUp();
		const first = await busy(setup);
		const leading = deliver(setup, 1);
		const stranger = await deliver(setup, 2, { headers: { 'x-klaviyo-secret': 'wrong' } });
		expect(stranger.status).toBe(401);
		first.give(200);
		expect(numbersOf(await leading)).toEqual([1]);
	});
});

describe('a trigger', () => {
	it('gives each delivery an execution of its own when one event may be in it', async () => {
		const setup = setUp({ options: { eventsPerExecution: 1 } });
		const answers = await Promise.all(
			[1, 2, 3].map(async (number) => await deliver(setup, number)),
		);
		expect(answers.map(numbersOf)).toEqual([[1], [2], [3]]);
	});

	it('does so by default when the reply waits for the workflow to finish', async () => {
		const setup = setUp({ options: { reply: 'lastNode' } });
		await busy(setup);
		const answers = await Promise.all([1, 2].map(async (number) => await deliver(setup, number)));
		expect(answers.map(numbersOf)).toEqual([[1], [2]]);
	});

	it.each([
		[500, 'lastNode', '90'],
		[503, 'lastNode', '90'],
		[200, 'lastNode', undefined],
		[500, 'onReceived', undefined],
	])(
		'where n8n answers %i and replies %s, has it say when to send again: %s',
		async (status, reply, seconds) => {
			const { headers } = await deliver(setUp({ options: { reply } }), 1, {
				n8nAnswers: Promise.resolve(status),
			});
			await new Promise((resolve) => setImmediate(resolve));
			expect(headers['retry-after']).toBe(seconds);
		},
	);

	it('lets events share an execution then, too, when the user says so', async () => {
		const setup = setUp({ options: { reply: 'lastNode', eventsPerExecution: 10 } });
		const first = await busy(setup);
		const leading = deliver(setup, 1);
		const following = deliver(setup, 2);
		first.give(200);
		expect(numbersOf(await leading)).toEqual([1, 2]);
		await following;
	});

	it('starts an execution when as many events as may share it are there, whatever the time', async () => {
		const setup = setUp({ options: { eventsPerExecution: 3 } });
		const first = await busy(setup);
		const answers = [1, 2, 3, 4].map(async (number) => await deliver(setup, number));
		expect(numbersOf(await answers[0]!)).toEqual([1, 2, 3]);
		first.give(200);
		expect(numbersOf(await answers[3]!)).toEqual([4]);
	});
});
