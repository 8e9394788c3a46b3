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
