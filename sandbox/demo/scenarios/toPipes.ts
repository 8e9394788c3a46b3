import type { Scenario } from '../scenario';

/**
 * The same scenario with these Meiro Events nodes sending to Meiro Pipes, which knows an event by type, time and person.
 *
 * @param pipesBody what the source gets of each event; its transform takes both
 */
export function toPipes(
	scenario: Scenario,
	nodes: string[],
	pipesBody: 'envelope' | 'rawEvent' = 'envelope',
): Scenario {
	const forNodes = <T>(value: T) => Object.fromEntries(nodes.map((node) => [node, value]));
	return {
		...scenario,
		name: `${scenario.template} (Pipes)`,
		parameters: { ...scenario.parameters, ...forNodes({ compatibility: { pipesBody } }) },
		credentials: { ...scenario.credentials, ...forNodes({ meiroEventsApi: 'meiroPipesApi' }) },
	};
}
