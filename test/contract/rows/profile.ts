import { byId } from '../../support/byId';
import type { ContractRow } from './row';

const ID = '01GDDKASAP8TKDDA2GRZDSVP4H';
const ana = { email: 'ana@shop.example' };
const LIST = byId('Y6nRLr');
const IMPORT = '/api/profile-bulk-import-jobs';
/** What Prism calls every job. */
const JOB = `${IMPORT}/string`;

const get = { resource: 'profile', operation: 'get' };
const getMany = { resource: 'profile', operation: 'getAll', requests: ['GET /api/profiles'] };
const upsert = { resource: 'profile', operation: 'upsert' };
const subscribe = {
	resource: 'profile',
	operation: 'subscribe',
	requests: ['POST /api/profile-subscription-bulk-create-jobs'],
};
const unsubscribe = {
	resource: 'profile',
	operation: 'unsubscribe',
	requests: ['POST /api/profile-subscription-bulk-delete-jobs'],
};
const requestDeletion = {
	resource: 'profile',
	operation: 'requestDeletion',
	requests: ['POST /api/data-privacy-deletion-jobs'],
};
const everyField = {
	identifiers: { ...ana, externalId: 'C-1', klaviyoId: ID, phoneNumber: '+420600000001' },
	fields: {
		firstName: 'Ana',
		image: 'https://shop.example/ana.png',
		lastName: '',
		locale: 'cs-CZ',
		organization: 'Lamp Shop',
		title: 'Buyer',
	},
	location: {
		address1: 'Dlouhá 1',
		address2: '2',
		city: 'Praha',
		country: 'CZ',
		ip: '192.0.2.1',
		latitude: '50.0880',
		longitude: '14.4208',
		region: '',
		timezone: 'Europe/Prague',
		zip: '11000',
	},
	propertiesFrom: 'json',
	propertiesJson: '{ "Points": 5, "Tags": ["a"] }',
};

export const profileRows: ContractRow[] = [
	{
		...get,
		parameters: { identifierType: 'klaviyo_id', klaviyoId: ID },
		requests: [`GET /api/profiles/${ID}`],
	},
	{
		...get,
		variant: 'with subscriptions, raw',
		parameters: {
			identifierType: 'klaviyo_id',
			klaviyoId: ID,
			includeSubscriptions: true,
			simplify: false,
		},
		requests: [`GET /api/profiles/${ID}`],
	},
	...[true, false].map((simplify) => ({
		...get,
		variant: simplify ? 'with all that can be added' : 'with all that can be added, raw',
		parameters: {
			identifierType: 'klaviyo_id',
			klaviyoId: ID,
			includeSubscriptions: true,
			include: ['lists', 'predictions', 'segments'],
			simplify,
		},
		requests: [
			`GET /api/profiles/${ID}`,
			`GET /api/profiles/${ID}/lists`,
			`GET /api/profiles/${ID}/segments`,
		],
	})),
	...[
		['email', 'email'],
		['external_id', 'externalId'],
		['phone_number', 'phoneNumber'],
	].map(([identifierType, parameter]) => ({
		...get,
		variant: `by ${identifierType}, with subscriptions`,
		parameters: {
			identifierType,
			[parameter!]: 'a "quoted" \\ value',
			includeSubscriptions: true,
			ifNotFound: 'tell',
		},
		requests: ['GET /api/profiles'],
	})),
	getMany,
	{
		...getMany,
		variant: 'everything',
		parameters: {
			returnAll: true,
			includeSubscriptions: true,
			filters: {
				createdAfter: '2031-01-01T00:00:00',
				createdBefore: '2031-12-31T00:00:00',
				email: 'ana@shop.example',
				externalId: 'C-1',
				klaviyoId: ID,
				phoneNumber: '+420600000001',
				suppressionReason: 'UNSUBSCRIBE',
				updatedAfter: '2031-01-01T00:00:00',
				updatedBefore: '2031-12-31T00:00:00',
			},
			sort: 'email',
		},
	},
	{ ...getMany, variant: 'raw', parameters: { simplify: false, limit: 3 } },
	{ ...upsert, parameters: { identifiers: ana }, requests: ['POST /api/profile-import'] },
	{
		...upsert,
		variant: 'everything',
		parameters: {
			...everyField,
			options: { clearEmpty: true, removeProperties: 'Old Points, Shoe Size' },
		},
		requests: ['POST /api/profile-import'],
	},
	{
		...upsert,
		variant: 'as an import job',
		parameters: {
			...everyField,
			options: { sendAs: 'import', removeProperties: 'Old', waitSeconds: 0.1 },
		},
		requests: [`POST ${IMPORT}`, `GET ${JOB}`, `GET ${JOB}/import-errors`, `GET ${JOB}/profiles`],
	},
	{ ...subscribe, parameters: ana },
	{
		...subscribe,
		variant: 'everything',
		parameters: {
			...ana,
			phoneNumber: '+420600000001',
			channels: ['email', 'sms'],
			listId: LIST,
			options: {
				historical: true,
				consentedAt: '2021-02-03T04:05:06Z',
				customSource: 'Loyalty programme',
			},
		},
	},
	{ ...unsubscribe, parameters: ana },
	{
		...unsubscribe,
		variant: 'everything',
		parameters: {
			...ana,
			phoneNumber: '+420600000001',
			channels: ['email', 'sms'],
			listId: LIST,
		},
	},
	{
		resource: 'profile',
		operation: 'suppress',
		parameters: ana,
		requests: ['POST /api/profile-suppression-bulk-create-jobs'],
	},
	{ resource: 'profile', operation: 'countProfiles', requests: ['GET /api/profiles'] },
	{ ...requestDeletion, parameters: ana },
	{
		...requestDeletion,
		variant: 'by ID',
		parameters: { identifierType: 'klaviyo_id', klaviyoId: ID },
	},
	{
		...requestDeletion,
		variant: 'by phone number',
		parameters: { identifierType: 'phone_number', phoneNumber: '+420600000001' },
	},
];
