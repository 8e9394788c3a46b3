// Expressions of templates on which an event's identity hangs, by n8n's own evaluation.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { Expression, type INode, type IWorkflowDataProxyData } from 'n8n-workflow';

const TEMPLATES = join(__dirname, '../../templates');

type Json = Record<string, unknown>;

function parametersOf(template: string, name: string): Record<string, unknown> {
	const { nodes } = JSON.parse(readFileSync(join(TEMPLATES, `${template}.json`), 'utf8')) as {
		nodes: INode[];
	};
	return nodes.find((node) => node.name === name)!.parameters;
}

/** @param others what `$('Name')` finds */
function evaluate(expression: unknown, $json: Json, others: Record<string, object> = {}): unknown {
	const $now = new Expression('UTC').resolveSimpleParameterValue(
		'={{ DateTime.utc() }}',
		{} as IWorkflowDataProxyData,
	);
	const data = { $json, $now, $: (name: string) => others[name] };
	return new Expression('UTC').resolveSimpleParameterValue(
		expression as string,
		data as unknown as IWorkflowDataProxyData,
	);
}

describe('birthday', () => {
	const Birthday = { params: { dateProperty: 'Birthday' } };
	const book = (chosen: Json, birth: string) =>
		evaluate(
			parametersOf('birthday', 'What to Book').jsonOutput,
			{ klaviyo_id: 'K1', properties: { Birthday: birth } },
			{ 'Choose the Points': { item: { json: chosen } }, Birthday },
		) as { properties: { year: number; booking: string } };

	it.each([[1988], [1990]])(
		'books the same year when it is tried again, at every day of a birth year like %d',
		(birthYear) => {
			for (const birth of daysOf(birthYear)) {
				for (const event_day of [`2031${birth.slice(4)}`, `2032${birth.slice(4)}`]) {
					const { properties: first } = book({ event_day, properties: {} }, birth);
					const again = evaluate(parametersOf('birthday', 'As That Birthday').jsonOutput, {
						...first,
						person: 'K1',
					}) as Json;
					const { properties: second } = book(again, birth);
					expect({ birth, year: first.year }).toEqual({
						birth,
						year: Number(event_day.slice(0, 4)),
					});
					expect({ birth, ...second }).toEqual({ birth, ...first });
				}
			}
		},
	);
});

/** YYYY-MM-DD; 29 February has no day of its own in most years. */
function daysOf(year: number): string[] {
	const days = Array.from({ length: 366 }, (_, day) =>
		new Date(Date.UTC(year, 0, 1 + day)).toISOString().slice(0, 10),
	);
	return days.filter((day) => day.startsWith(String(year)) && !day.endsWith('-02-29'));
}

describe('survey-answers', () => {
	const answer = {
		person: 'K1',
		order: 'O1',
		survey: 'After delivery',
		submittedAt: '2031-02-03T04:05:06.000Z',
	};
	const idOf = (more: Json) =>
		(
			evaluate(parametersOf('survey-answers', 'As an Answer').jsonOutput, {
				...answer,
				...more,
			}) as Json
		).event_id;

	it('is one event for a person, order and survey, and another for another survey', () => {
		expect(idOf({ submittedAt: '2031-02-03T04:05:07.000Z' })).toBe(idOf({}));
		expect(idOf({ survey: 'After 90 days' })).not.toBe(idOf({}));
	});

	it('is another event as a test, and another one in each test', () => {
		const test = { formMode: 'test' };
		expect(idOf(test)).not.toBe(idOf({}));
		expect(idOf({ ...test, submittedAt: '2031-02-03T04:05:07.000Z' })).not.toBe(idOf(test));
	});
});

describe('keep-what-failed', () => {
	const rowOf = (outcome: Json) => {
		const { conditions } = parametersOf('keep-what-failed', 'Keep It').filters as {
			conditions: Array<{ keyName: string; keyValue: string }>;
		};
		return conditions.map(({ keyName, keyValue }) => [keyName, evaluate(keyValue, outcome)]);
	};
	const sentAgain = (kept: Json) =>
		evaluate(parametersOf('keep-what-failed', 'Events as They Were').jsonOutput, {
			event: JSON.stringify(kept),
		});

	it('keeps a row for each source that did not take an event', () => {
		const failed = { event_id: 'id-1', status: 'failed', target: 'Meiro Events: klaviyo' };
		expect(rowOf({ ...failed })).toEqual(rowOf(failed));
		expect(rowOf({ ...failed, target: 'Meiro Events: klaviyo-eu' })).not.toEqual(rowOf(failed));
	});

	it('sends an event as it was, without the reason for which it is kept', () => {
		const event = { event_id: 'id-1', profile: { klaviyo_id: 'K1' } };
		expect(sentAgain({ ...event, error: 'Your POST failed: 500' })).toEqual(event);
		const repaired = { ...event, raw: '{', repaired: true };
		expect(sentAgain({ ...repaired, error: 'Your POST failed: 500' })).toEqual(repaired);
		const unreadable = { ...event, raw: '{', error: 'The body ends too early' };
		expect(sentAgain(unreadable)).toEqual(unreadable);
	});

	it.each(['{"event_id": "id-1",', '', 'null', null])(
		'goes on with the other rows when somebody has made %j of one',
		(event) => {
			const { jsonOutput } = parametersOf('keep-what-failed', 'Events as They Were');
			const row = { event, event_id: 'id-1', event_name: 'placed_order' };
			const made = evaluate(jsonOutput, row) as Json;
			expect([{ event_id: 'id-1', event_name: 'placed_order' }, {}]).toContainEqual(made);
		},
	);
});

describe('erasure', () => {
	it('finds an address however it was spelt, where a row holds it by itself', () => {
		const profile = { email: "Ana.O'Hara@Shop.example" };
		for (const [template, name] of [
			['keep-what-failed', 'Keep It'],
			['product-review', 'Open a Task'],
			['survey-answers', 'Open a Task'],
		] as const) {
			const { value } = parametersOf(template, name).columns as { value: Json };
			const $json = { profile, properties: {} };
			expect(evaluate(value.email, $json)).toBe("ana.o'hara@shop.example");
		}
	});

	it('finds an address however it was spelt, and IDs as they are, within a kept event', () => {
		const { conditions } = parametersOf('erasure', 'Delete the Rows').filters as {
			conditions: Array<{ condition: string }>;
		};
		const found = conditions.map(({ condition }) =>
			evaluate(condition, { column: { name: 'event' } }),
		);
		expect(found).toEqual(['ilike', 'like', 'like', 'like']);
	});
});

describe('product-review', () => {
	it.each([
		[1, true],
		['2', true],
		['2.0', true],
		[0, true],
		[3, false],
		['', false],
		[[], false],
		[false, false],
		[null, false],
		[undefined, false],
		['two', false],
	])('opens a task for the rating %j: %j', (Rating, opens) => {
		const { conditions } = parametersOf('product-review', 'Low Rating').conditions as {
			conditions: Array<{ leftValue: string }>;
		};
		expect(evaluate(conditions[1]!.leftValue, { properties: { Rating } })).toBe(opens);
	});
});

describe('campaigns', () => {
	const all = (rows: Json[]) => ({ all: () => rows.map((json) => ({ json })) });

	it('names lists and segments, and leaves an ID that has no name', () => {
		const names = evaluate(
			parametersOf('campaigns', 'Names of Audiences').jsonOutput,
			{},
			{ 'Get Lists': all([{ id: 'L1', name: 'News' }, {}]), 'Get Segments': all([{}]) },
		);
		const { assignments } = parametersOf('campaigns', 'Meiro Events').properties as {
			assignments: Array<{ name: string; value: unknown }>;
		};
		const { value } = assignments.find(({ value: one }) =>
			String(one).includes('json.included_audiences ?? [])'),
		)!;
		const first = { 'Names of Audiences': { first: () => ({ json: names }) } };
		expect(evaluate(value, { included_audiences: ['L1', 'S9'] }, first)).toEqual(['News', 'S9']);
		expect(evaluate(value, { included_audiences: null }, first)).toEqual([]);
	});
});

describe('delivery-watch', () => {
	const placed = {
		event_id: 'id-1',
		event_name: 'placed_order',
		event_time: '2031-02-03T04:05:06.000Z',
		trigger_event: { id: '10231' },
		properties: { Note: '' },
	};
	const all = (rows: Json[]) => ({ all: () => rows.map((json) => ({ json })) });
	const asked = (order: string) => ({
		'Where Is the Order': { isExecuted: true, first: () => ({ json: { order, action: '' } }) },
		Noted: all([]),
	});
	const fromWhen = (order: string) =>
		evaluate(parametersOf('delivery-watch', 'From When').jsonOutput, {}, asked(order)) as Json;
	const whereItIs = (order: string, noted: Json[], kept: Json[]) => {
		const { assignments } = parametersOf('delivery-watch', 'Where It Is').assignments as {
			assignments: Array<{ value: unknown }>;
		};
		const others = {
			'From When': { first: () => ({ json: { order } }) },
			'In Klaviyo': all([placed]),
			Noted: all(noted),
			Kept: all(kept),
			'Meiro Events': { isExecuted: false },
		};
		return evaluate(assignments[0]!.value, {}, others);
	};

	it.each(['#', ' ', ' # '])('takes %j for an order that nobody has, and not for none', (order) => {
		expect(fromWhen(order).order).toBe('(nothing)');
		expect(fromWhen(' #10231 ').order).toBe('10231');
	});

	it('says of an order that Meiro took it, that it is kept and why, or that nothing is noted', () => {
		const taken = { event_id: 'id-1', execution: '7', workflow: 'W', noted_at: 'then' };
		const waits = { event_id: 'id-1', failed_at: 'then', reason: 'paused.', status: 'waiting' };
		const start = 'placed_order\nKlaviyo: 2031-02-03T04:05:06.000Z\n';
		expect(whereItIs('10231', [taken], [waits])).toBe(
			`${start}n8n: execution 7 of W\nMeiro: taken then`,
		);
		expect(whereItIs('10231', [], [waits])).toBe(
			`${start}n8n: then\nMeiro: not taken. paused. It is kept: waiting`,
		);
		expect(whereItIs('10231', [], [])).toContain(`${start}n8n: nothing is noted of it`);
		expect(whereItIs('10232', [taken], [])).toContain('no such order');
	});
});

describe('import', () => {
	const conditionsOf = (name: string) =>
		(
			parametersOf('import', name).conditions as { conditions: Array<{ leftValue: string }> }
		).conditions.map(({ leftValue }) => leftValue);
	const whatToSend = (until: unknown) => ({
		'What to Send': { first: () => ({ json: { until, suppressed_too_because: '' } }) },
	});
	const isBefore = (event_time: string, until: unknown) =>
		['Can Be Written To', 'Wanted All the Same'].map((name) =>
			evaluate(
				conditionsOf(name)[0],
				{ event_name: 'placed_order', event_time },
				whatToSend(until),
			),
		);

	it.each([
		['2031-02-03T04:05', '2031-02-03T04:04:59.999Z', true],
		['2031-02-03T04:05', '2031-02-03T04:05:00.000Z', false],
		['2031-02-03 04:05:00', '2031-02-03T04:05:00.000Z', false],
		['2031-02-03T04:05:00+02:00', '2031-02-03T02:04:00.000Z', true],
		['2031-02-03', '2031-02-02T23:59:59.000Z', true],
		['', '2031-02-03T04:05:00.000Z', true],
		[null, '2031-02-03T04:05:00.000Z', true],
	])('with until %j lets an event of %s pass: %j', (until, event_time, passes) => {
		expect(isBefore(event_time, until)).toEqual([passes, passes]);
		expect(evaluate(conditionsOf('Until Is No Date')[0], {}, whatToSend(until))).toBe(false);
	});

	it.each([['3.2.2031'], ['02/03/2031'], ['tomorrow'], ['2031-02-30'], ['{{ $now }']])(
		'sends all, and says that until is no date, for %j',
		(until) => {
			expect(isBefore('2031-02-03T04:05:00.000Z', until)).toEqual([true, true]);
			const others = whatToSend(until);
			expect(evaluate(conditionsOf('Until Is No Date')[0], {}, others)).toBe(true);
			expect(evaluate(parametersOf('import', 'Say So').errorMessage, {}, others)).toContain(
				`\`until\` in What to Send is no date: ${until}.`,
			);
		},
	);
});
