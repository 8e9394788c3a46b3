import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import type { Entry, Outcome } from '../../../shared/delivery/deliver';
import { draftEach, entriesIn, type Draft } from '../../../shared/delivery/draft';
import { itemsOf } from '../../../shared/delivery/told';
import { runtimeOf } from '../../../shared/http/runtime';
import type { KlaviyoClient } from '../../api/klaviyoClient';
import { deliverInBulk, PROFILES_TO_KLAVIYO, unsentResult } from '../bulkDelivery';
import {
	commaList,
	optionsAt,
	optionsField,
	simplify,
	textField,
	wantsSimple,
} from '../../../shared/operation/fields';
import type { KlaviyoOperation } from '../operation';
import { propertiesAt, propertyFields } from '../properties';
import { draftProfile, PROFILE_LABELS, upsertBody, type NewProfile } from './draft';
import { identifiersField, identifiersIn } from './identifiers';
import { importProfiles, type Imported } from './importJob';
import { profileOutput, profileQuery } from './simplify';

/** Up to here, one request each is done within seconds: Klaviyo takes 75 a second. */
const MOST_ONE_BY_ONE = 100;

const DEFAULT_WAIT_S = 300;

interface ProfileOptions {
	clearEmpty?: boolean;
	sendAs?: 'auto' | 'import' | 'single';
	removeProperties?: string;
	waitSeconds?: number;
}

/** https://developers.klaviyo.com/en/reference/create_or_update_profile */
export const createOrUpdate: KlaviyoOperation = {
	option: {
		name: 'Create or Update',
		value: 'upsert',
		description: 'Create a new profile, or update the current one if it already exists (upsert)',
		action: 'Create or update a profile',
	},
	properties: [
		identifiersField,
		{
			displayName: 'Fields',
			name: 'fields',
			type: 'collection',
			placeholder: 'Add field',
			default: {},
			description: 'Klaviyo’s own fields of a profile. What is not here stays as it is.',
			options: [
				textField('First Name', 'firstName', 'e.g. Ana'),
				textField('Image URL', 'image', 'e.g. https://shop.example/ana.png'),
				textField('Last Name', 'lastName', 'e.g. Nováková'),
				textField('Locale', 'locale', 'e.g. cs-CZ'),
				textField('Organization', 'organization', 'e.g. Lamp Shop'),
				textField('Title', 'title', 'e.g. Buyer'),
			],
		},
		{
			displayName: 'Location',
			name: 'location',
			type: 'collection',
			placeholder: 'Add field',
			default: {},
			description: 'Where the person lives',
			options: [
				textField('Address 1', 'address1', 'e.g. Dlouhá 1'),
				textField('Address 2', 'address2', 'e.g. 2nd floor'),
				textField('City', 'city', 'e.g. Praha'),
				textField('Country', 'country', 'e.g. Czechia'),
				textField('IP Address', 'ip', 'e.g. 192.0.2.1'),
				textField('Latitude', 'latitude', 'e.g. 50.0880'),
				textField('Longitude', 'longitude', 'e.g. 14.4208'),
				textField('Region', 'region', 'e.g. Praha'),
				textField('Time Zone', 'timezone', 'e.g. Europe/Prague'),
				textField('ZIP Code', 'zip', 'e.g. 11000'),
			],
		},
		...propertyFields,
		simplify,
		optionsField([
			{
				displayName: 'Clear Empty Fields',
				name: 'clearEmpty',
				type: 'boolean',
				default: false,
				description:
					'Whether a field that is empty above is emptied in Klaviyo, too, instead of staying as it is',
			},
			textField(
				'Remove Properties',
				'removeProperties',
				'e.g. Old Points, Shoe Size',
				'Custom properties to take away, with commas between their names',
			),
			{
				displayName: 'Send As',
				name: 'sendAs',
				type: 'options',
				options: [
					{
						name: 'Automatic',
						value: 'auto',
						description: `One request per profile up to ${MOST_ONE_BY_ONE} items, an import job above`,
					},
					{
						name: 'Import Job',
						value: 'import',
						description:
							'Up to 10,000 profiles in a request. Needs the scopes lists:write, profiles:write, lists:read and profiles:read.',
					},
					{
						name: 'One Request per Profile',
						value: 'single',
						description: 'Klaviyo takes 75 a second and 750 a minute',
					},
				],
				default: 'auto',
				description:
					'How the profiles go to Klaviyo. The output is the same: one profile, or the reason, per item.',
			},
			{
				displayName: 'Wait (Seconds)',
				name: 'waitSeconds',
				type: 'number',
				typeOptions: { minValue: 1 },
				default: DEFAULT_WAIT_S,
				description:
					'How long to wait for an import job. Items of one that is not done by then say status: accepted, with its ID.',
			},
		]),
	],
	async execute(context, client) {
		const now = new Date().toISOString();
		const drafts = draftEach(context, (index) => draftAt(context, now, index));
		const isSimple = wantsSimple(context, 0);
		const options = optionsAt<ProfileOptions>(context, 0);
		const outcomes = await send(context, client, entriesIn(drafts), isSimple, options);
		return itemsOf(
			context,
			drafts.map((draft, index) =>
				draft.ready
					? outputOf(draft.value, outcomes.get(index)!, isSimple)
					: unsentResult(draft.judgement),
			),
			PROFILES_TO_KLAVIYO,
		);
	},
};

async function send(
	context: IExecuteFunctions,
	client: KlaviyoClient,
	entries: Array<Entry<NewProfile>>,
	isSimple: boolean,
	{ sendAs = 'auto', waitSeconds = DEFAULT_WAIT_S }: ProfileOptions,
): Promise<Map<number, Imported | Outcome>> {
	const query = profileQuery(isSimple);
	const oneByOne = async () =>
		await deliverInBulk(
			context,
			client,
			entries,
			() => ({
				request: ([profile]) => ({
					method: 'POST',
					path: '/api/profile-import',
					query,
					body: upsertBody(profile!),
					scopes: 'profiles:write',
					labels: PROFILE_LABELS,
				}),
				list: '',
			}),
			{ limits: { count: 1 } },
		);
	if (sendAs === 'single' || (sendAs === 'auto' && entries.length <= MOST_ONE_BY_ONE)) {
		return await oneByOne();
	}
	const settings = { query, waitMs: waitSeconds * 1000, mayDecline: sendAs === 'auto' };
	const imported = await importProfiles(client, entries, settings, runtimeOf(context));
	return imported === null
		? await oneByOne()
		: new Map(imported.map((outcome) => [outcome.index, outcome]));
}

function outputOf(
	profile: NewProfile,
	outcome: Imported | Outcome,
	isSimple: boolean,
): IDataObject {
	if ('resource' in outcome) return profileOutput(outcome.resource, isSimple);
	if (outcome.status === 'delivered') {
		return profileOutput(outcome.answer!.data as IDataObject, isSimple);
	}
	const { status, reason } = outcome;
	const told = {
		status,
		...('http_status' in outcome ? { http_status: outcome.http_status } : {}),
		...('job_id' in outcome ? { job_id: outcome.job_id } : {}),
		reason,
		...('description' in outcome ? { description: outcome.description } : {}),
	};
	const { email, phone_number, external_id } = profile.attributes;
	const known = { klaviyo_id: profile.id, external_id, email, phone_number };
	const ids = Object.entries(known).filter(([, value]) => value !== undefined && value !== null);
	return { ...Object.fromEntries(ids), ...told };
}

function draftAt(context: IExecuteFunctions, now: string, index: number): Draft<NewProfile> {
	const object = (name: string) => context.getNodeParameter(name, index, {}) as IDataObject;
	const options = optionsAt<ProfileOptions>(context, index);
	const { firstName, lastName, ...fields } = object('fields');
	const profile = {
		person: identifiersIn(object('identifiers')),
		fields: {
			...(firstName === undefined ? {} : { first_name: firstName }),
			...(lastName === undefined ? {} : { last_name: lastName }),
			...fields,
		},
		location: object('location'),
		properties: propertiesAt(context, index),
		unset: commaList(options.removeProperties),
		clearEmpty: options.clearEmpty === true,
	};
	return draftProfile(profile, now);
}
