import { inventEntry } from '../../klaviyo/profiles';
import { createdFlow, type Scenario } from '../scenario';
import { dataTableRows } from '../../n8n/dataTables';
import { chosen, SEGMENTS } from '../world';
import { attributesOf, people } from './people';

/** Ten have their birthday; three of them edit the date and have it again; four were born on 29 February, one of the ten among them. */
const CELEBRATING = people(40_000, 10);
const BORN_ON_29_FEBRUARY = [CELEBRATING[9]!, ...people(40_100, 3)];

const entryOf = (number: number) => inventEntry(number, null, { hostile: true });
const entries = CELEBRATING.map(entryOf);
const edited = CELEBRATING.slice(0, 3).map(entryOf);
const all = [...new Set([...CELEBRATING, ...BORN_ON_29_FEBRUARY])].map(entryOf);
const IN_A_LEAP_YEAR = new Date().getFullYear() % 4 === 0;
/** The schedule does nothing in a leap year, as Klaviyo sends by itself then. */
const granted = IN_A_LEAP_YEAR ? entries : all;

export const birthday: Scenario = {
	template: 'birthday',
	count: entries.length + edited.length + BORN_ON_29_FEBRUARY.length,
	activated: ['Each 28 February', 'No Leap Year', 'Born on 29 February'],
	parameters: {
		Birthday: { options: { flowStatus: 'live' } },
		'Make the Metric': { identifiers: { email: 'you@shop.example' } },
		'Born on 29 February': {
			segmentId: chosen('Born on 29 February', SEGMENTS['Born on 29 February']),
		},
	},
	prepare({ klaviyo }) {
		klaviyo.seedProfiles(
			all.map(({ profile }) => ({ id: profile.klaviyo_id, attributes: attributesOf(profile) })),
		);
		klaviyo.seedMembers(
			SEGMENTS['Born on 29 February'],
			BORN_ON_29_FEBRUARY.map((number) => entryOf(number).profile.klaviyo_id),
		);
	},
	async play({ world, published, enter, run, finished }) {
		await run('Begin Here');
		const flowId = createdFlow(world, published.url);
		await enter({ flowId, entries });
		await finished();
		await enter({ flowId, entries: edited });
		await finished();
		await run('Each 28 February');
	},
	expected: granted.map(({ profile }) => ({
		event_name: 'birthday_points_granted',
		person: profile.email!,
		body: { properties: { points: 50 } },
	})),
	async check(world) {
		const rows = await dataTableRows(world, 'Birthday points');
		const done = rows.filter(({ state, points }) => state === 'granted' && points === 50).length;
		const emails = new Set(granted.map(({ profile }) => profile.email));
		const written = world.klaviyo
			.writtenEvents()
			.filter(({ properties }) =>
				String(properties.$event_id).startsWith('birthday-points '),
			).length;
		const copies = [...emails].filter((email) => {
			const properties = world.klaviyo.profile(email!)?.attributes.properties as Record<
				string,
				unknown
			>;
			return properties['Birthday Points'] === 50;
		}).length;
		const wanted = granted.length;
		return [
			...(done === wanted && rows.length === wanted
				? []
				: [`${done} of ${rows.length} rows granted, wanted ${wanted}`]),
			...(written === wanted
				? []
				: [`Klaviyo has ${written} 'Birthday Points Granted', wanted ${wanted}`]),
			...(copies === wanted
				? []
				: [`Klaviyo has ${copies} copies of the points, wanted ${wanted}`]),
		];
	},
};
