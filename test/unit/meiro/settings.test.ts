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
	resource: 'event',
	operation: 'send',
	source: 'klaviyo',
	eventFields: 'auto',
	subject: 'person',
	identity: {},
	payload: {},
	options: {},
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
			options: { account: '2 = 2' },
			payload: { redactPaths: 'a=b' },
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
				identity: {
					ownIdentifiers: { identifiers: [{ name: 'loyalty_id', value: '={{ $json.id }}' }] },
				},
			},
		],
		['a whole collection', { payload: '={{ $json.payload }}' }],
	])('is read item by item when %s is an expression', (_, more) => {
		const { context, reads } = node(more, (parameters, index) => ({
			...sources(parameters, index),
			payload: {},
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
	const run = (options: IDataObject) => runSettingsOf(node({ options }).context);

	it('are those that the user chose', () => {
		const options = {
			batchSize: 50,
			concurrency: 2,
			giveUpAfterSeconds: 5,
			maxRequestKilobytes: 250,
			skipDelivered: true,
		};
		expect(run(options)).toEqual({
			operation: 'send',
			limits: { batchSize: 50, maxRequestBytes: 250_000 },
			concurrency: 2,
			policy: { ...DEFAULT_RETRY_POLICY, giveUpAfterMs: 5_000 },
			skipDelivered: true,
		});
	});

	it('never let nothing go out at all', () => {
		expect(
			run({
				concurrency: 0,
				giveUpAfterSeconds: 0,
				maxRequestKilobytes: 0,
			}),
		).toMatchObject({
			limits: { maxRequestBytes: 1_000 },
			concurrency: 1,
			policy: { giveUpAfterMs: 1_000 },
		});
	});

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
		profileFields: { email: 'ana@shop.example', externalId: 17 },
		properties: {
			assignments: [
				{ id: 'x', name: 'points', value: 50, type: 'number' },
				{ id: 'y', name: '', value: 'nameless' },
				{ id: 'z', name: 'tags', value: ['a'] },
			],
		},
		attributes: { assignments: [{ name: 'tier', value: 'gold' }] },
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
		expect(settingsOf(MAPPED).mapped!.properties).not.toHaveProperty('');
	});

	it('are the attributes of a profile, whose event needs no name and is about a person', () => {
		const left = { ...MAPPED, resource: 'profile', subject: 'none', subjectId: 'left over' };
		expect(settingsOf(left)).toMatchObject({
			what: 'profile',
			subject: { kind: 'person' },
			mapped: { eventName: '', externalId: '17', properties: { tier: 'gold' } },
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
			profileFields: { email: null },
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

describe('the subject', () => {
	it('is the thing that was entered', () => {
		const thing = { subject: 'none', subjectType: 'campaign', subjectId: 1001 };
		expect(settingsOf(thing).subject).toEqual({ kind: 'none', type: 'campaign', id: '1001' });
	});
});

describe('identity', () => {
	const identityOf = (identity: IDataObject) => settingsOf({ identity }).identity;

	it('has the types that were changed, and the documented ones for the rest', () => {
		const types = { externalIdType: 'shop_id', phoneNumberType: '', klaviyoIdType: 'kl' };
		expect(identityOf({ identifierTypes: { types } }).identifierTypes).toEqual({
			external_id: 'shop_id',
			email: 'email',
			phone_number: '',
			klaviyo_id: 'kl',
		});
		expect(
			identityOf({ identifierTypes: { types: { emailType: 'mail' } } }).identifierTypes.email,
		).toBe('mail');
	});

	it('has own identifiers as text', () => {
		const identifiers = [{ name: 'loyalty_id', typeId: 'card', value: 1001 }, { name: 'device' }];
		expect(identityOf({ ownIdentifiers: { identifiers } }).own).toEqual([
			{ name: 'loyalty_id', typeId: 'card', value: '1001' },
			{ name: 'device', typeId: '', value: '' },
		]);
	});

	it('is hashed when the user wants it so', () => {
		expect(identityOf({ hash: true }).hash).toBe(true);
	});
});

describe('the payload', () => {
	it('has the form that was chosen', () => {
		const payload = { layout: 'flat', dropNulls: true, defaultCurrency: 'EUR' };
		expect(settingsOf({ payload }).shape).toEqual(payload);
	});

	it('lacks the paths that were listed', () => {
		expect(settingsOf({ payload: { redactPaths: 'profile.email, account' } }).redact).toEqual([
			['profile', 'email'],
			['account'],
		]);
	});

	it('has the names of the user’s Meiro, and pairs that are not complete change nothing', () => {
		const names = [
			{ from: ' placed_order ', to: ' purchase ' },
			{ from: 'opened_email', to: ' ' },
			{ to: 'purchase' },
			{ from: 'left' },
		];
		expect([...settingsOf({ payload: { renameEvents: { names } } }).rename]).toEqual([
			['placed_order', 'purchase'],
		]);
	});

	it('has the account and the test events that the options say', () => {
		expect(settingsOf({ options: { account: 7, testEvents: 'drop' } })).toMatchObject({
			account: '7',
			testEvents: 'drop',
		});
	});
});
