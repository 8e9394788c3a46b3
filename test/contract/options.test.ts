// Every option of every parameter of every operation, as the node describes them, by Klaviyo’s own specification.
import type { IDataObject } from 'n8n-workflow';

import { RESOURCES } from '../../nodes/Klaviyo/actions';
import { executeKlaviyo } from '../engine/support/klaviyo';
import { choicesOf } from './options';
import { startPrism, type Judge, type Judged } from './prism';
import { ROWS } from './rows';

/** As the Klaviyo Trigger gives it; the metric is named as the specification's examples are. */
const ITEM = {
	event_id: 'sha-1',
	event_name: 'string',
	event_time: '2026-02-03T04:05:06.000Z',
	event_time_source: 'received',
	received_at: '2026-02-03T04:05:06.000Z',
	received_via: 'flow_webhook',
	profile: { klaviyo_id: '01GDDKASAP8TKDDA2GRZDSVP4H', email: 'ana@shop.example' },
	properties: {},
	trigger_event: { metric: 'string', id: 'order-1' },
};

const OPERATIONS = RESOURCES.flatMap(({ option, operations }) =>
	operations.map((operation) => ({
		title: `${option.name}: ${operation.option.name}`,
		resource: String(option.value),
		operation: String(operation.option.value),
		choices: choicesOf(operation.properties),
	})),
);

let prism: Judge;
let options = 0;

beforeAll(async () => {
	prism = await startPrism(ROWS.flatMap(({ requests }) => requests));
});
afterAll(async () => {
	await prism.close();
	process.stdout.write(`Klaviyo: ${options} options of ${OPERATIONS.length} operations judged\n`);
});

describe.each(OPERATIONS)('$title', ({ resource, operation, choices }) => {
	it('sends what the specification allows, whatever is chosen', async () => {
		const told: string[] = [];
		for (const { title, runs } of choices) {
			const judged = await firstJudged(resource, operation, runs);
			const objections = judged.flatMap((each) => [
				...each.objections,
				...each.violations.map((violation) => JSON.stringify(violation)),
			]);
			told.push(...objections.map((objection) => `${title}: ${objection}`));
			if (judged.length === 0) told.push(`${title}: nothing was sent`);
			options++;
		}
		expect(told).toEqual([]);
	});
});

/** The requests of the first run that sends any: options can rule each other out. */
async function firstJudged(
	resource: string,
	operation: string,
	runs: IDataObject[],
): Promise<Judged[]> {
	for (const parameters of runs) {
		await executeKlaviyo({ apiUrl: prism.url, resource, operation, parameters, items: [ITEM] });
		const judged = prism.judged();
		if (judged.length > 0) return judged;
	}
	return [];
}
