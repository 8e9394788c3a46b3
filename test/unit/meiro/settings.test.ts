import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import {
	buildSettingsOf,
	buildSettingsReader,
	runSettingsOf,
} from '../../../nodes/MeiroEvents/meiroEventsSettings';
import { DEFAULT_RETRY_POLICY } from '../../../nodes/shared/http/retry';
import { AUTOMATIC } from './support/events';

const { now } = AUTOMATIC;

const FRESH: IDataObject = {
	operation: 'send',
	source: 'klaviyo',
	eventFields: 'auto',
	options: {},
	compatibility: {},
};

/** A node as n8n shows it to its code; counts how often parameters are read, by item. */
function node(
	more: IDataObject,
	resolve: (parameters: IDataObject, index: number) => IDataObject = (same) => same,
) {
	const parameters = { ...FRESH, ...more };
	const reads: number[] = [];
	const context = {
		getNode: () => ({ parameters }),
		getTimezone: () => 'UTC',
		getNodeParameter: (name: string, index: number, fallback?: unknown) => {
			reads.push(index);
			const resolved = resolve(parameters, index);
			if (name in resolved) return resolved[name];
			if (fallback === undefined) throw new Error(`Could not get parameter '${name}'`);
			return fallback;
		},
	} as unknown as IExecuteFunctions;
	return { context, reads };
}

const settingsOf = (more: IDataObject = {}) => buildSettingsOf(node(more).context, 0, now);

describe('what holds for each item', () => {
	const sources = (parameters: IDataObject, index: number) => ({
		...parameters,
		source: `shop-${index}`,
	});

	it('is read once, however many items there are, when no parameter is an expression', () => {
		const { context, reads } = node({
			options: { account: '2 = 2', redactPaths: 'a=b' },
		});
		const read = buildSettingsReader(context, now);
		const afterTheFirst = reads.length;
		expect(read(0).source).toBe('klaviyo');
		expect(read(999)).toBe(read(0));
		expect(reads).toHaveLength(afterTheFirst);
		expect(new Set(reads)).toEqual(new Set([0]));
	});

	it.each<[string, IDataObject]>([
		['a parameter', { source: '={{ $json.shop }}' }],
		['an option', { options: { account: '={{ $json.shop }}' } }],
		[
			'an entry of a list of fields',
			{
				properties: {
					assignments: [
						{ name: 'a', value: 1 },
						{ name: 'b', value: '={{ $json.b }}' },
					],
				},
			},
		],
		[
			'an own identifier',
			{
				options: {
					ownIdentifiers: { identifiers: [{ name: 'loyalty_id', value: '={{ $json.id }}' }] },
				},
			},
		],
		['a whole collection', { options: '={{ $json.options }}' }],
	])('is read item by item when %s is an expression', (_, more) => {
		const { context, reads } = node(more, (parameters, index) => ({
			...sources(parameters, index),
			options: {},
		}));
		const read = buildSettingsReader(context, now);
		expect([read(0), read(1), read(7)].map(({ source }) => source)).toEqual([
			'shop-0',
			'shop-1',
			'shop-7',
		]);
		expect(new Set(reads)).toEqual(new Set([0, 1, 7]));
	});
});

describe('a node as it is dropped on the canvas', () => {
	it('takes the triggers’ events as they are', () => {
		expect(settingsOf()).toEqual(AUTOMATIC);
	});

	it('sends with the documented limits, and remembers nothing', () => {
		expect(runSettingsOf(node({}).context)).toEqual({
			operation: 'send',
			limits: { batchSize: 0, maxRequestBytes: 1_000_000 },
			concurrency: 4,
			policy: DEFAULT_RETRY_POLICY,
			skipDelivered: false,
		});
	});
});

describe('the options of a run', () => {
	const run = (options: IDataObject, compatibility: IDataObject = {}) =>
		runSettingsOf(node({ options, compatibility }).context);

	it('are those that the user chose', () => {
		const options = { concurrency: 2, giveUpAfterSeconds: 5, skipDelivered: true };
		expect(run(options, { batchSize: 50 })).toEqual({
			operation: 'send',
			limits: { batchSize: 50, maxRequestBytes: 1_000_000 },
			concurrency: 2,
			policy: { ...DEFAULT_RETRY_POLICY, giveUpAfterMs: 5_000 },
			skipDelivered: true,
		});
	});

	it('never let nothing go out at all', () => {
		expect(run({ concurrency: 0, giveUpAfterSeconds: 0 })).toMatchObject({
			concurrency: 1,
			policy: { giveUpAfterMs: 1_000 },
		});
	});

	it.each([
		[-1, 1_000],
		['30', 30_000],
		['soon', 60_000],
		[null, 60_000],
		['', 60_000],
		[Number.POSITIVE_INFINITY, 1e9],
	])('give up after %j seconds at a time that a timer can count: %i ms', (given, giveUpAfterMs) => {
		const giveUpAfterSeconds = given as number;
		expect(run({ giveUpAfterSeconds }).policy).toMatchObject({ giveUpAfterMs });
	});

	it.each(['many', -1, Number.NaN])(
		'send one after the other with a concurrency of %j',
		(given) => {
			expect(run({ concurrency: given as number })).toMatchObject({ concurrency: 1 });
		},
	);

	it('take whole numbers where halves make no sense', () => {
		expect(run({ concurrency: 2.9 })).toMatchObject({ concurrency: 2 });
	});

	it('skip what was delivered before only when told to', () => {
		expect(run({ skipDelivered: true }).skipDelivered).toBe(true);
		expect(run({}).skipDelivered).toBe(false);
		expect(run({ skipDelivered: false }).skipDelivered).toBe(false);
	});
});

describe('mapped fields', () => {
	const MAPPED: IDataObject = {
		eventFields: 'map',
		eventName: 'points_granted',
		eventId: 'grant-1',
		eventTime: '2031-02-03',
		identifiers: { email: 'ana@shop.example', externalId: 17 },
		properties: {
			assignments: [
				{ id: 'x', name: 'points', value: 50, type: 'number' },
				{ id: 'y', name: '', value: 'nameless' },
				{ id: 'z', name: 'tags', value: ['a'] },
			],
		},
	};

	it('are the ones of an event', () => {
		expect(settingsOf(MAPPED)).toMatchObject({
			what: 'event',
			mapped: {
				eventName: 'points_granted',
				eventId: 'grant-1',
				eventTime: '2031-02-03',
				email: 'ana@shop.example',
				phoneNumber: '',
				externalId: '17',
				klaviyoId: '',
				properties: { points: 50, tags: ['a'] },
			},
		});
		expect(settingsOf(MAPPED).mapped).not.toHaveProperty(['properties', '']);
	});

	it('are the attributes of a profile, whose event needs no name and is about a person', () => {
		const left = {
			...MAPPED,
			operation: 'sendProfileEvent',
			options: { subjectId: 'left over' },
		};
		expect(settingsOf(left)).toMatchObject({
			what: 'profile',
			subject: { kind: 'person' },
			mapped: { eventName: '', externalId: '17', properties: { points: 50, tags: ['a'] } },
		});
	});

	it('are none when items are taken as they are, although they were filled in before', () => {
		expect(settingsOf({ ...MAPPED, eventFields: 'auto' }).mapped).toBeNull();
	});

	it('are empty texts when an expression finds nothing', () => {
		const empty = {
			eventName: null,
			eventId: undefined,
			eventTime: null,
			identifiers: { email: null },
		};
		expect(settingsOf({ ...MAPPED, ...empty } as IDataObject).mapped).toMatchObject({
			eventName: '',
			eventId: '',
			eventTime: '',
			email: '',
		});
	});

	it('are none, not a failure, when the user added none', () => {
		expect(settingsOf({ eventFields: 'map' }).mapped).toEqual({
			eventName: '',
			eventId: '',
			eventTime: '',
			email: '',
			phoneNumber: '',
			externalId: '',
			klaviyoId: '',
			properties: {},
		});
	});
});

describe('the time zone', () => {
	it('is the one of the workflow', () => {
		expect(settingsOf().timezone).toBe('UTC');
	});
});

describe('the subject', () => {
	it('is the thing that was entered', () => {
		const thing = { options: { subjectType: ' campaign', subjectId: 1001 } };
		expect(settingsOf(thing).subject).toEqual({ kind: 'thing', type: 'campaign', id: '1001' });
	});

	it('is the person where no ID of a thing comes', () => {
		const subject = { kind: 'person' };
		expect(settingsOf().subject).toEqual(subject);
		expect(settingsOf({ options: { subjectId: ' ', subjectType: 'campaign' } }).subject).toEqual(
			subject,
		);
	});
});

describe('identity', () => {
	const identityOf = (options: IDataObject) => settingsOf({ options }).identity;

	it('has the types of the shop’s and of Klaviyo’s ID that were entered, and the documented ones for the rest', () => {
		const typesOf = (externalIdType: string, klaviyoIdType?: string) =>
			settingsOf({ compatibility: { externalIdType, klaviyoIdType } }).identity.identifierTypes;
		expect(typesOf(' shop_id ', ' person ')).toEqual({
			external_id: 'shop_id',
			email: 'email',
			phone_number: 'phone',
			klaviyo_id: 'person',
		});
		expect(typesOf('').external_id).toBe('');
		expect(typesOf('').klaviyo_id).toBe('klaviyo_id');
	});

	it('has own identifiers as text', () => {
		const identifiers = [{ name: 'loyalty_id', value: 1001 }, { name: 'device' }];
		expect(identityOf({ ownIdentifiers: { identifiers } }).own).toEqual([
			{ name: 'loyalty_id', value: '1001' },
			{ name: 'device', value: '' },
		]);
	});

	it('is hashed when the user wants it so', () => {
		expect(identityOf({ hash: true }).hash).toBe(true);
	});
});

describe('the payload', () => {
	it('has the form that was chosen', () => {
		const shape = { layout: 'flat', defaultCurrency: 'EUR' };
		expect(settingsOf({ options: shape }).shape).toEqual(shape);
	});

	it('lacks the paths that were listed', () => {
		expect(settingsOf({ options: { redactPaths: 'profile.email, account' } }).redact).toEqual([
			['profile', 'email'],
			['account'],
		]);
	});

	it('has the account and the test events that the options say', () => {
		expect(settingsOf({ options: { account: 7, testEvents: 'drop' } })).toMatchObject({
			account: '7',
			testEvents: 'drop',
		});
	});
});
