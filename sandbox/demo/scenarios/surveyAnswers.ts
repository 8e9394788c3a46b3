import { createdFlow, type Scenario } from '../scenario';
import { dataTableRows } from '../../n8n/dataTables';
import { METRICS } from '../world';
import { happened, people } from './people';

/** Eleven answer with each score there is, and two without any. */
const ANSWERING = people(70_000, 13);
const answers = ANSWERING.map((number, index) =>
	happened(number, 'Answered Survey', {
		Survey: 'After delivery',
		...(index <= 10 ? { Score: index } : {}),
		Comment: "d'accord",
	}),
);
const groupOf = (score: number) => (score >= 9 ? 'promoter' : score >= 7 ? 'passive' : 'detractor');

export const surveyAnswers: Scenario = {
	template: 'survey-answers',
	count: answers.length,
	parameters: {
		'Survey Answered': {
			metricId: METRICS['Answered Survey'],
			options: { flowStatus: 'live' },
		},
	},
	async play({ world, published, enter }) {
		await enter({ flowId: createdFlow(world, published.url), entries: answers });
	},
	expected: answers.flatMap(({ profile }, score) => [
		{
			event_name: 'survey_answered',
			person: profile.email!,
			body: { properties: { Comment: "d'accord" } },
		},
		...(score <= 10
			? [
					{
						event_name: 'profile_updated',
						person: profile.email!,
						body: { profile: { properties: { nps_score: score, nps_group: groupOf(score) } } },
					},
				]
			: []),
	]),
	async check(world) {
		const detractors = new Set(answers.slice(0, 7).map(({ profile }) => profile.email));
		const rows = await dataTableRows(world, 'Support tasks');
		const tasks = rows.filter(({ email }) => detractors.has(String(email))).length;
		return tasks === detractors.size ? [] : [`${tasks} support tasks, wanted ${detractors.size}`];
	},
};
