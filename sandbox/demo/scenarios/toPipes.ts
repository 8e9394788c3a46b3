import type { Scenario } from '../scenario';

/** The same scenario with these Meiro Events nodes sending to Meiro Pipes, which knows an event by type, time and person. */
export function toPipes(scenario: Scenario, ...nodes: string[]): Scenario {
	return {
		...scenario,
		name: `${scenario.template} (Pipes)`,
		credentials: {
			...scenario.credentials,
			...Object.fromEntries(nodes.map((node) => [node, { meiroEventsApi: 'meiroPipesApi' }])),
		},
	};
}
