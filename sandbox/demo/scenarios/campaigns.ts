import type { NewCampaign } from '../../klaviyo';
import { bodyOf, type Scenario } from '../scenario';

const CHANNELS = ['email', 'sms', 'mobile_push'] as const;
const FIRST = Date.UTC(2026, 1, 3, 4, 5, 6);
const DAY_MS = 86_400_000;

const idOf = (index: number) => `01JZCAMPA1GN${String(index).padStart(14, '0')}`;

/** More than Klaviyo's page of 100 in the first channel. */
const campaigns: NewCampaign[] = Array.from({ length: 150 }, (_, index) => ({
	id: idOf(index),
	name: `Campaign “${index}” \\ {{ name }}`,
	channel: CHANNELS[index < 110 ? 0 : 1 + (index % 2)]!,
	created_at: new Date(FIRST + index * DAY_MS),
	included: ['NEWSL1'],
}));

/** What changes between the first run and the second. */
const later: NewCampaign = {
	...campaigns[0]!,
	id: idOf(900),
	name: 'Made later',
	channel: 'sms',
	created_at: new Date(FIRST),
};

/**
 * The first run tells Meiro of every campaign, in a bad moment of Meiro's; the second finds one that is new, and sends
 * nothing else.
 */
export const campaignsToCdp: Scenario = {
	template: 'campaigns-to-cdp',
	count: campaigns.length + 1,
	prepare: ({ klaviyo }) => void klaviyo.seedCampaigns(campaigns),
	async play({ world, run, arrived }) {
		world.meiro.misbehave([
			{ kind: 'status', status: 503, times: 3 },
			{ kind: 'reset', times: 1 },
		]);
		await run('Schedule Trigger');
		await arrived(campaigns.length);
		world.klaviyo.seedCampaigns([later]);
		await run('Schedule Trigger');
	},
	expected: [...campaigns, later].map(({ id, name, channel }) => ({
		event_name: 'campaign_changed',
		person: id!,
		body: {
			subject: { type: 'campaign', id },
			properties: { name, channel, included_audiences: ['NEWSL1'] },
		},
	})),
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
