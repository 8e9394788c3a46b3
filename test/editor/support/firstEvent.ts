import {
	play,
	type FlowEntries,
	type Played,
	type Scenario,
	type Stage,
} from '../../../sandbox/demo/scenario';
import type { PublishedTemplate, World } from '../../../sandbox/demo/world';

const ENOUGH = 'The first event is on its way';

/**
 * Plays a scenario up to the first thing that happens in it: one person enters a Klaviyo flow, or the workflow is
 * executed, by `execute` instead of n8n's API.
 */
export async function playFirstEvent(
	world: World,
	scenario: Scenario,
	published: PublishedTemplate,
	execute: (triggerName: string) => Promise<void>,
): Promise<Played['problems']> {
	const enough = async (act: () => Promise<unknown>) => {
		await act();
		throw new Error(ENOUGH);
	};
	const { problems } = await play(
		world,
		{
			...scenario,
			check: undefined,
			async play(stage) {
				const first = new Proxy(stage, {
					get(target, key: keyof Stage) {
						const real = target[key] as unknown;
						// A run that has to fail comes before what the template is for.
						if (typeof real !== 'function' || key === 'finished' || key === 'runInVain')
							return real;
						return async (...given: unknown[]) =>
							await enough(async () => {
								if (key === 'run') return await execute(String(given[0]));
								if (key === 'arrived') return await target.arrived(1);
								if (key !== 'enter')
									return await (real as (...all: unknown[]) => Promise<unknown>)(...given);
								const [{ flowId, entries }] = given as [FlowEntries];
								await target.enter({ flowId, entries: entries.slice(0, 1) });
							});
					},
				});
				await scenario.play(first);
			},
		},
		published,
		() => undefined,
	);
	// What the rest of the scenario would have brought is missing, of course.
	return problems.filter((problem) => problem !== ENOUGH && !problem.startsWith('Meiro has no '));
}
