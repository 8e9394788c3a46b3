import type { NewCampaign, NewFlowMessage } from '../../klaviyo';
import { inventId } from '../../klaviyo/api/ids';
import { bodyOf, type Scenario } from '../scenario';
import { chosenMetric } from '../world';

const CHANNELS = ['email', 'sms', 'mobile_push'] as const;
const FIRST = Date.UTC(2026, 1, 3, 4, 5, 6);
const DAY_MS = 86_400_000;

const idOf = (index: number) => `01JZCAMPA1GN${String(index).padStart(14, '0')}`;

/** More than Klaviyo's page of 100 in the first channel. */
const made: NewCampaign[] = Array.from({ length: 150 }, (_, index) => ({
	id: idOf(index),
	name: `Campaign “${index}” \\ {{ name }}`,
	channel: CHANNELS[index < 110 ? 0 : 1 + (index % 2)]!,
	created_at: new Date(FIRST + index * DAY_MS),
	included: ['NEWSL1'],
}));

/** Sent lately, and so with results; what they reached grows with their number. */
const RECENT: NewCampaign[] = Array.from({ length: 5 }, (_, index) => ({
	id: idOf(500 + index),
	name: `Recent ${index}`,
	channel: 'email',
	created_at: new Date(Math.floor(Date.now() / 1000) * 1000 - (index + 2) * DAY_MS),
	included: ['NEWSL1'],
	statistics: { recipients: 100 + index, opens_unique: 40 },
}));

const MESSAGES: NewFlowMessage[] = ['FLOWA1', 'FLOWB2'].map((flow_id, index) => ({
	flow_id,
	sent: new Date(Date.now() - 2 * DAY_MS),
	statistics: { recipients: 7 + index },
}));

/** What changes between the first run and the second. */
const later: NewCampaign = {
	...made[0]!,
	id: idOf(900),
	name: 'Made later',
	channel: 'sms',
	created_at: new Date(FIRST),
};

/**
 * The first run tells Meiro of every campaign, in a bad moment of Meiro's; the second finds one that is new, and sends
 * nothing else. The results of a day are told once.
 */
export const campaigns: Scenario = {
	template: 'campaigns',
	count: made.length + 1 + RECENT.length + MESSAGES.length,
	parameters: {
		'Results of Campaigns': { conversionMetricId: chosenMetric('Placed Order') },
		'Results of Flows': { conversionMetricId: chosenMetric('Placed Order') },
	},
	prepare({ klaviyo }) {
		klaviyo.seedCampaigns([...made, ...RECENT]);
		klaviyo.seedFlowMessages(MESSAGES);
	},
	async play({ world, run, arrived }) {
		world.meiro.misbehave([
			{ kind: 'status', status: 503, times: 3 },
			{ kind: 'reset', times: 1 },
		]);
		await run('Schedule Trigger');
		await arrived(made.length);
		world.klaviyo.seedCampaigns([later]);
		await run('Schedule Trigger');
		await run('Every Day');
		await run('Every Day');
	},
	expected: [
		...[...made, ...RECENT, later].map(({ id, name, channel }) => ({
			event_name: 'campaign_changed',
			person: id!,
			body: {
				subject: { type: 'campaign', id },
				properties: {
					name,
					channel,
					...(channel === 'email' ? { subject_lines: [`About ${name}`] } : {}),
					included_audiences: ['NEWSL1'],
					included_audience_names: ['Newsletter'],
				},
			},
		})),
		...RECENT.map(({ id, name }, index) => ({
			event_name: 'campaign_results',
			person: id!,
			body: {
				subject: { type: 'campaign', id },
				properties: { name, recipients: 100 + index, opens_unique: 40, conversion_value: 0 },
			},
		})),
		...MESSAGES.map(({ flow_id, statistics }) => ({
			event_name: 'flow_results',
			person: inventId(`message ${flow_id} Email #1`),
			body: {
				subject: { type: 'flow_message', id: inventId(`message ${flow_id} Email #1`) },
				properties: { flow_id, recipients: statistics!.recipients },
			},
		})),
	],
	check: ({ meiro }) =>
		meiro
			.events()
			.filter(
				(event) =>
					event.event_name === 'campaign_changed' &&
					!/ \d{4}-\d\d-\d\dT/.test(String(bodyOf(event).event_id)),
			)
			.map(
				(event) => `The ID of an event does not tell its state: ${String(bodyOf(event).event_id)}`,
			),
};
