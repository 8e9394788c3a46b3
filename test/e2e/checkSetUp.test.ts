// The part Check Set-Up of templates: what goes wrong without a word is told line by line.
import { SCENARIOS } from '../../sandbox/demo/scenarios';
import { surveyAnswers } from '../../sandbox/demo/scenarios/surveyAnswers';
import { METRICS, publishTemplate, type World } from '../../sandbox/demo/world';
import { inventEntry } from '../../sandbox/klaviyo/profiles';
import { executedByHand, outputsOf } from '../../sandbox/n8n/executions';
import { withWorld } from './support/world';

let world: World;
withWorld((one) => void (world = one));

interface FilledIn {
	parameters?: Record<string, Record<string, unknown>>;
	activated?: string[];
}

/** Publishes the template, and executes it from 'Check Set-Up'. @returns what its last node shows */
async function linesOf(template: string, { parameters = {}, activated }: FilledIn = {}) {
	const scenario = SCENARIOS.find((one) => one.template === template)!;
	const { workflowId } = await publishTemplate(world, {
		...{ template, activated },
		credentials: scenario.credentials ?? {},
		parameters: { ...scenario.parameters, ...parameters },
	});
	const before = world.meiro.count();
	const { id, status } = await executedByHand(world, workflowId, 'Check Set-Up', false);
	expect(status).toBe('success');
	expect(world.meiro.count()).toBe(before);
	const lines = (await outputsOf(world, id))['Line by Line']!.map(({ json }) => json);
	return (check: string) => lines.filter((line) => line.check === check);
}

it('birthday: counts the date property, and tells one that is written otherwise', async () => {
	const { profile } = inventEntry(91_000, null);
	world.klaviyo.seedProfiles([
		{ attributes: { email: profile.email!, properties: { Birthday: '1990-02-03' } } },
	]);
	const lines = await linesOf('birthday');
	expect(lines('Date property')).toMatchObject([
		{ name: 'Birthday', finding: expect.stringMatching(/^Filled in with \d+ of the \d+/) },
	]);
	expect(lines('Date property')[0]).toMatchObject({ is_fine: true });

	const misspelt = await linesOf('birthday', {
		parameters: { Birthday: { dateProperty: 'birthday' } },
	});
	expect(misspelt('Date property')).toMatchObject([
		{ name: 'birthday', is_fine: false, advice: expect.stringContaining('Birthday') },
	]);
});

it('birthday: tells a flow that is a draft, with its link, and a source that does not answer', async () => {
	const lines = await linesOf('birthday', {
		parameters: {
			Birthday: { options: { flowStatus: 'draft' } },
			'Tell Meiro': { source: 'no such/source' },
		},
	});
	expect(lines('Klaviyo flow')).toContainEqual(
		expect.objectContaining({
			finding: 'The flow is draft.',
			is_fine: false,
			url: expect.stringMatching(/^https:\/\/www\.klaviyo\.com\/flow\//),
		}),
	);
	expect(lines('Meiro source')).toMatchObject([{ finding: expect.stringContaining("'Source'") }]);
});

it('survey-answers: tells of each property of the answers, by the metric that the trigger has', async () => {
	// The credential of its form.
	await surveyAnswers.prepare!(world);
	const lines = await linesOf('survey-answers', {
		activated: ['Survey Answered'],
		parameters: { 'Survey Answered': { metricId: METRICS['Answered Survey'] } },
	});
	expect(lines('Event property')).toMatchObject(
		['Survey', 'Score', 'Comment'].map((name) => ({
			...{ name, metric: 'Answered Survey (Lamp Shop)', is_fine: false },
			finding: 'The metric has no event to look at.',
		})),
	);
});
