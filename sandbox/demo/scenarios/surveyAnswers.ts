import axios from 'axios';

import { inventEntry } from '../../klaviyo/profiles';
import { createdFlow, type Scenario } from '../scenario';
import { dataTableRows } from '../../n8n/dataTables';
import { METRICS, type PublishedTemplate, type World } from '../world';
import { attributesOf, happened, people } from './people';

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

/** Who ordered, is asked by Klaviyo, and answers in n8n's form; the score is the place in the list. */
const ASKED = people(71_000, 5).map((number) => inventEntry(number, 'Placed Order'));
const FORGER = 'https://n8n.example/form/survey?person=forged@shop.example&order=1&signature=00';

/** The user calls the survey by a name of their own. */
const SURVEY = 'A year with the lamp';
const assignment = (name: string, value: string) => ({ id: name, name, value, type: 'string' });

/** The links that Klaviyo was given, by the person's ID. */
function linksIn({ klaviyo }: World): string[] {
	return klaviyo
		.writtenEvents()
		.map(({ properties }) => properties.Link)
		.filter((link): link is string => typeof link === 'string' && link.includes('signature='));
}

/** What the browser of somebody who follows the link sends: the fields of the form, the hidden ones among them. */
async function answer(
	{ client, n8n }: World,
	{ workflowId }: PublishedTemplate,
	link: string,
	score: number,
): Promise<void> {
	const { nodes } = await client.get<{ nodes: Array<{ name: string; webhookId?: string }> }>(
		`/rest/workflows/${workflowId}`,
	);
	const { webhookId } = nodes.find(({ name }) => name === 'Survey Form')!;
	const hidden = ['person', 'order', 'survey', 'signature'].map((name) =>
		new URL(link).searchParams.get(name),
	);
	await axios.postForm(
		`${n8n.url}/form/${webhookId}`,
		Object.fromEntries(
			[score, 'As expected', ...hidden].map((value, at) => [`field-${at}`, value]),
		),
	);
}

export const surveyAnswers: Scenario = {
	template: 'survey-answers',
	count: answers.length + ASKED.length,
	activated: ['Survey Answered'],
	credentials: {
		'Sign the Link': { crypto: 'surveyLinks' },
		'Check the Link': { crypto: 'surveyLinks' },
	},
	parameters: {
		'What to Ask': {
			assignments: {
				assignments: [
					assignment('form', 'https://n8n.example/form/survey'),
					assignment('survey', SURVEY),
					assignment('person', "={{ String($json.profile?.klaviyo_id ?? '') }}"),
					assignment('order', "={{ String($json.trigger_event?.id ?? '') }}"),
				],
			},
		},
		'Order Placed': { metricId: METRICS['Placed Order'], options: { flowStatus: 'live' } },
		'Make the Metric': { identifiers: { email: 'you@shop.example' } },
		'Survey Answered': {
			metricId: METRICS['Answered Survey'],
			options: { flowStatus: 'live' },
		},
	},
	async prepare(world) {
		world.credentials.surveyLinks = await world.client.createCredential('crypto', 'Survey links', {
			hmacSecret: 'of-this-sandbox',
		});
		world.klaviyo.seedProfiles(
			ASKED.map(({ profile }) => ({ id: profile.klaviyo_id, attributes: attributesOf(profile) })),
		);
	},
	async play({ world, published, enter, run, finished }) {
		await run('Begin Here');
		await enter({ flowId: createdFlow(world, published.url), entries: answers });
		await enter({
			flowId: createdFlow(world, published.triggers['Order Placed']!.url),
			entries: ASKED,
		});
		await finished();
		for (const [score, { profile }] of ASKED.entries()) {
			const link = linksIn(world).find((each) => each.includes(profile.klaviyo_id));
			if (link === undefined) throw new Error(`${profile.email!} was not asked`);
			await answer(world, published, link, score);
		}
		await answer(world, published, FORGER, 0);
	},
	expected: [
		...ASKED.flatMap(({ profile: { klaviyo_id } }, score) => [
			{
				event_name: 'survey_answered',
				person: klaviyo_id,
				body: { properties: { Survey: SURVEY, Comment: 'As expected' } },
			},
			{
				event_name: 'profile_updated',
				person: klaviyo_id,
				body: { profile: { properties: { nps_score: score, nps_group: 'detractor' } } },
			},
		]),
		...answers.flatMap(({ profile }, score) => [
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
	],
	async check(world) {
		const detractors = new Set(answers.slice(0, 7).map(({ profile }) => profile.email));
		const rows = await dataTableRows(world, 'Support tasks');
		const tasks = rows.filter(({ email }) => detractors.has(String(email))).length;
		const back = world.klaviyo
			.writtenEvents()
			.filter(({ properties }) => String(properties.$event_id).startsWith('survey-answer ')).length;
		return [
			...(tasks === detractors.size ? [] : [`${tasks} support tasks, wanted ${detractors.size}`]),
			...(back === ASKED.length
				? []
				: [`${back} answers came back to Klaviyo, wanted ${ASKED.length}`]),
			...(JSON.stringify(world.meiro.events()).includes('forged@shop.example')
				? ['An answer without a signature counts']
				: []),
		];
	},
};
