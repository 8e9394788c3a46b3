// What a template costs is counted from its triggers and told in two places.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { withSection } from '../../bench/section';
import {
	EXECUTIONS,
	executionsOf,
	executionsTable,
	templates,
	withExecutionsLine,
} from '../../docs/build/executions';

const trigger = (type: string, parameters: object, more: object = {}) => ({
	...{
		type: type.includes('klaviyo') ? `n8n-nodes-klaviyo-meiro.${type}` : `n8n-nodes-base.${type}`,
	},
	...{ parameters: parameters as Record<string, unknown>, ...more },
});
const schedule = (...interval: object[]) => trigger('scheduleTrigger', { rule: { interval } });
const polling = (value: number, unit: string) =>
	trigger('klaviyoUpdatesTrigger', { pollTimes: { item: [{ mode: 'everyX', value, unit }] } });
const flow = (options: object = {}) => trigger('klaviyoTrigger', { options });
const costOf = (...nodes: ReturnType<typeof trigger>[]) => executionsOf({ nodes });

describe('the executions of 30 days', () => {
	it.each([
		['each minute', schedule({ field: 'minutes', minutesInterval: 1 }), 43_200],
		['each 5 minutes, which n8n leaves out', schedule({ field: 'minutes' }), 8640],
		['each hour, which n8n leaves out', schedule({ field: 'hours' }), 720],
		['each second day', schedule({ field: 'days', daysInterval: 2 }), 15],
		['at two times', schedule({ field: 'hours' }, { field: 'days' }), 750],
		['a schedule that is off', { ...schedule({ field: 'hours' }), disabled: true }, 0],
		['polls, as one that finds nothing is none', polling(5, 'minutes'), 0],
		['a workflow that others call', trigger('executeWorkflowTrigger', {}), 0],
	])('without events: %s', (_, node, idle) => {
		expect(costOf(node).idle).toBe(idle);
	});

	it.each([
		['deliveries, which share executions', [flow()], 10, 1000],
		['deliveries that share none', [flow({ reply: 'lastNode' })], 1000, 1000],
		['deliveries that share as the option says', [flow({ eventsPerExecution: 50 })], 20, 1000],
		['polls, of which each takes all there is', [polling(5, 'minutes')], 1, 1000],
		['no more polls than there are', [polling(1, 'days')], 1, 30],
		['calls of Meiro’s', [trigger('webhook', {})], 1000, 1000],
		['whichever of two comes', [flow(), trigger('webhook', {})], 10, 1000],
	])('for 1,000 events: %s', (_, nodes, fewest, most) => {
		expect(costOf(...nodes)).toEqual({ idle: 0, fewest, most, hasForm: false });
	});

	it('tell a form by itself', () => {
		expect(costOf(trigger('formTrigger', {}))).toMatchObject({ idle: 0, most: 0, hasForm: true });
	});

	it.each([
		['a trigger that nobody has thought of', trigger('mqttTrigger', {}), 'mqttTrigger costs'],
		['a rhythm that is not even', schedule({ field: 'cronExpression' }), "'cronExpression' is"],
	])('are not guessed for %s', (_, node, error) => {
		expect(() => costOf(node)).toThrow(error);
	});
});

it('docs/templates.md has what each template costs (npm run docs:templates)', () => {
	const page = readFileSync(join(__dirname, '../../docs/templates.md'), 'utf8');
	expect(page).toBe(withSection(page, EXECUTIONS, executionsTable()));
});

it.each(Object.entries(templates()))(
	'the note of %s says what it costs (npm run docs:templates)',
	(_, template) => {
		expect(withExecutionsLine(template)).toEqual(template);
	},
);
