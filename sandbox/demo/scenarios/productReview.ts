import { createdFlow, type Scenario } from '../scenario';
import { dataTableRows } from '../../n8n/dataTables';
import { METRICS } from '../world';
import { happened, people } from './people';

/** Ten are asked for a review, and give one to five stars. */
const REVIEWERS = people(60_000, 10);
const starsOf = (index: number) => 1 + (index % 5);

const asked = REVIEWERS.map((number) =>
	happened(number, 'Ready to review', { ProductName: 'Čaj & "Cup"' }),
);
const reviews = REVIEWERS.map((number, index) =>
	happened(number, 'Submitted review', {
		ProductName: 'Čaj & "Cup"',
		Rating: starsOf(index),
		Content: 'It said "new",\nit was not.',
	}),
);

export const productReview: Scenario = {
	template: 'product-review',
	count: asked.length + reviews.length,
	parameters: {
		'Ready to Review': {
			metricId: METRICS['Ready to review'],
			options: { flowStatus: 'live' },
		},
		'Review Submitted': {
			metricId: METRICS['Submitted review'],
			options: { flowStatus: 'live' },
		},
	},
	async play({ world, published: { triggers }, enter }) {
		await enter(
			{ flowId: createdFlow(world, triggers['Ready to Review']!.url), entries: asked },
			{ flowId: createdFlow(world, triggers['Review Submitted']!.url), entries: reviews },
		);
	},
	expected: [
		...asked.map(({ profile }) => ({ event_name: 'ready_to_review', person: profile.email! })),
		...reviews.map(({ profile }) => ({
			event_name: 'review_submitted',
			person: profile.email!,
			body: { properties: { ProductName: 'Čaj & "Cup"', Content: 'It said "new",\nit was not.' } },
		})),
	],
	async check(world) {
		const unhappy = new Set(
			reviews.filter((_, index) => starsOf(index) <= 2).map(({ profile }) => profile.email),
		);
		const rows = await dataTableRows(world, 'Support tasks');
		const tasks = rows.filter(
			({ email, about }) => unhappy.has(String(email)) && /^[12] stars/.test(String(about)),
		);
		return tasks.length === unhappy.size
			? []
			: [`${tasks.length} support tasks, wanted ${unhappy.size}`];
	},
};
