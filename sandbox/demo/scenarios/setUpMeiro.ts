import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { TEMPLATES } from '../../n8n/templates';
import type { Scenario } from '../scenario';

interface Assignment {
	name: string;
	value: unknown;
}

interface Template {
	nodes: Array<{ name: string; parameters: { assignments?: { assignments: Assignment[] } } }>;
}

/** What stands in the node Choose once a user has filled it in. */
export function setUpChoice(filledIn: Record<string, unknown>): Record<string, unknown> {
	const file = join(TEMPLATES, 'set-up-meiro.json');
	const { nodes } = JSON.parse(readFileSync(file, 'utf8')) as Template;
	const { assignments = [] } =
		nodes.find(({ name }) => name === 'Choose')?.parameters.assignments ?? {};
	return {
		assignments: {
			assignments: assignments.map((one) => ({ ...one, value: filledIn[one.name] ?? one.value })),
		},
	};
}

const SOURCE = 'lamp_shop';
/** Of the people whom the stand-in's Meiro knows. */
const TESTER = 'person-7@shop.example';

/** A Meiro that knows nothing of the shop gets what abandoned-cart needs, and no more; a second run finds it there. */
export const setUpMeiro: Scenario = {
	template: 'set-up-meiro',
	count: 1,
	parameters: {
		Choose: setUpChoice({
			...{ make_them: true, test_email: TESTER, data_source: SOURCE },
			'abandoned-cart': true,
		}),
	},
	async play({ world: { meiro }, run, arrived }) {
		const before = JSON.stringify(meiro.cdp.eventTypes());
		await run('When You Execute');
		await arrived();
		const made = meiro.cdp.eventTypes().filter(({ source_id }) => source_id === SOURCE);
		const others = meiro.cdp.eventTypes().filter(({ source_id }) => source_id !== SOURCE);
		const names = made.map(({ type, version }) => `${type} ${version}`).sort();
		if (names.join() !== 'cart_abandoned 1-0-0,cart_recovered 1-0-0')
			throw new Error(`Meiro has the event types ${names.join()}`);
		if (JSON.stringify(others) !== before) throw new Error('What Meiro had was changed');
	},
	expected: [{ event_name: 'cart_abandoned', person: TESTER, body: { is_test: true } }],
	check: ({ meiro }) =>
		meiro.cdp.sources().some(({ id }) => id === SOURCE) ? [] : ['Meiro has no data source'],
};
