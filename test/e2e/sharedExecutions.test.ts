// Deliveries that share an execution, on a real n8n.
import axios from 'axios';

import { startInstance, type Instance } from '../../sandbox/instance';
import { ensureN8n } from '../../sandbox/n8n/cache';
import { chosenVersion } from '../../sandbox/n8n/versions';
import { arrived, deliver, publishPair, until } from './support/workflows';

let instance: Instance;
let next = 0;

beforeAll(async () => {
	instance = await startInstance(await ensureN8n(() => undefined));
}, 900_000);

afterAll(async () => {
	await instance?.close();
});

beforeEach(() => {
	instance.meiro.misbehave([]);
});

const numbers = (count: number) => Array.from({ length: count }, () => next++);

async function executions(workflowId: string): Promise<number> {
	return (await instance.client.executions(workflowId)).length;
}

describe('sixty deliveries at once', () => {
	it('start a few executions, are all answered 200, and arrive', async () => {
		const { url, workflowId } = await publishPair(instance, { source: 'at-once' });
		const sent = numbers(60);
		const statuses = await Promise.all(
			sent.map(async (number) => await deliver(instance, url, number)),
		);
		expect(statuses).toEqual(sent.map(() => 200));
		await until(() => arrived(instance, 'at-once').length >= 60, 'all arrived');
		expect(arrived(instance, 'at-once').sort((a, b) => a - b)).toEqual(sent);
		expect(await executions(workflowId)).toBeLessThan(30);
	});

	it('open no expression isolate in the default settings of both nodes', async () => {
		const { url } = await publishPair(instance, { source: 'no-isolate', credential: 'pipes' });
		await deliver(instance, url, next++);
		const before = await isolates();
		await Promise.all(numbers(60).map(async (number) => await deliver(instance, url, number)));
		await until(() => arrived(instance, 'no-isolate').length >= 61, 'all arrived');
		expect((await isolates()) - before).toBe(0);
	});

	it('open isolates where a parameter is an expression, so that the count above means something', async () => {
		const { url } = await publishPair(instance, { source: '={{ "with-" + "isolate" }}' });
		const before = await isolates();
		await deliver(instance, url, next++);
		await until(() => arrived(instance, 'with-isolate').length >= 1, 'it arrived');
		// The oldest n8n evaluates expressions without them, and counts none.
		expect((await isolates()) > before).toBe(chosenVersion().role !== 'oldest supported');
	});
});

it('are all in the list of executions, however many fit on a page of it', async () => {
	const { url, workflowId } = await publishPair(instance, {
		source: 'listed',
		trigger: { options: { eventsPerExecution: 1 } },
	});
	for (const number of numbers(3)) await deliver(instance, url, number);
	await until(async () => (await executions(workflowId)) === 3, 'three executions');
	const ids = async (limit: number) =>
		(await instance.client.executions(workflowId, limit)).map(({ id }) => id);
	expect(await ids(1)).toEqual(await ids(100));
});

describe('two workflows at once', () => {
	it('keep their events apart', async () => {
		const one = await publishPair(instance, { source: 'one' });
		const other = await publishPair(instance, { source: 'other' });
		const [forOne, forOther] = [numbers(30), numbers(30)];
		await Promise.all([
			...forOne.map(async (number) => await deliver(instance, one.url, number)),
			...forOther.map(async (number) => await deliver(instance, other.url, number)),
		]);
		await until(
			() => arrived(instance, 'one').length + arrived(instance, 'other').length >= 60,
			'all arrived',
		);
		expect(arrived(instance, 'one').sort((a, b) => a - b)).toEqual(forOne);
		expect(arrived(instance, 'other').sort((a, b) => a - b)).toEqual(forOther);
	});
});

describe('when senders hang up', () => {
	it('all events that others were told of, and those of the senders themselves, arrive', async () => {
		const { url } = await publishPair(instance, { source: 'hung-up' });
		const sent = numbers(40);
		const statuses = await Promise.all(
			sent.map(async (number, index) => {
				// Each fourth, the first among them, hangs up while its group fills.
				const signal = index % 4 === 0 ? AbortSignal.timeout(30) : undefined;
				return await deliver(instance, url, number, { signal });
			}),
		);
		const told = sent.filter((_, index) => statuses[index] === 200);
		expect(told.length).toBeGreaterThanOrEqual(30);
		await until(
			() => told.every((number) => arrived(instance, 'hung-up').includes(number)),
			'all arrived',
		);
	});
});

describe('when the execution that deliveries share fails', () => {
	it('each sender is asked to send again, and nothing is lost once Meiro is back', async () => {
		const { url } = await publishPair(instance, {
			source: 'failing',
			trigger: { options: { reply: 'lastNode', eventsPerExecution: 50 } },
			meiro: { options: { giveUpAfterSeconds: 1 } },
		});
		instance.meiro.misbehave([{ kind: 'status', status: 503, rate: 1 }]);
		const sent = numbers(20);
		const first = await Promise.all(
			sent.map(async (number) => await deliver(instance, url, number)),
		);
		expect(first.every((status) => status === 500 || status === 503)).toBe(true);
		expect(first.filter((status) => status === 503).length).toBeGreaterThan(0);

		instance.meiro.misbehave([]);
		const second = await Promise.all(
			sent.map(async (number) => await deliver(instance, url, number)),
		);
		expect(second).toEqual(sent.map(() => 200));
		expect([...new Set(arrived(instance, 'failing'))].sort((a, b) => a - b)).toEqual(sent);
	});
});

describe('more than may wait', () => {
	it('is answered 503, and what was taken is delivered', async () => {
		const { url } = await publishPair(instance, {
			source: 'too-much',
			trigger: { options: { reply: 'lastNode', eventsPerExecution: 10_000 } },
			meiro: { options: { concurrency: 16 } },
		});
		const sent = numbers(110);
		const text = 'x'.repeat(900_000);
		const statuses = await Promise.all(
			sent.map(async (number) => await deliver(instance, url, number, { body: { text } })),
		);
		expect(statuses.filter((status) => status === 503).length).toBeGreaterThan(0);
		const taken = sent.filter((_, index) => statuses[index] === 200);
		expect(taken.length).toBeGreaterThan(0);
		expect(taken.every((number) => arrived(instance, 'too-much').includes(number))).toBe(true);
	});
});

describe('listening for a test event', () => {
	it('takes one delivery at the test URL at once, with the published workflow busy beside it', async () => {
		const { url, workflowId } = await publishPair(instance, { source: 'test-event' });
		const workflow = await instance.client.get<Record<string, unknown>>(
			`/rest/workflows/${workflowId}`,
		);
		await instance.client.post(`/rest/workflows/${workflowId}/run`, {
			workflowData: workflow,
			triggerToStartFrom: { name: 'Klaviyo Trigger' },
		});
		const busy = numbers(20).map(async (number) => await deliver(instance, url, number));
		const test = next++;
		const started = Date.now();
		expect(await deliver(instance, url.replace('/webhook/', '/webhook-test/'), test)).toBe(200);
		expect(Date.now() - started).toBeLessThan(30_000);
		expect(await Promise.all(busy)).toEqual(busy.map(() => 200));
		await until(() => arrived(instance, 'test-event').length >= 21, 'all arrived');
		expect(arrived(instance, 'test-event')).toContain(test);
	});
});

/** How many expression isolates n8n has opened so far, at all. */
async function isolates(): Promise<number> {
	const { data } = await axios.get<string>(`${instance.n8n.url}/metrics`);
	const found = /^n8n_expression_pool_acquired_total(?:\{[^}]*\})? (\d+)/m.exec(data)?.[1];
	return Number(found ?? 0);
}
