import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { DEFAULT_RETRY_POLICY } from '../shared/http/retry';
import type { BuildSettings } from './build/buildEvent';
import { DEFAULT_IDENTIFIER_TYPES, type IdentitySettings } from './build/identify';
import type { SendSettings } from './delivery/send';
import { pathsOf, type Layout, type ShapeSettings } from './build/shape';
import type { MappedFields, Subject, TakeSettings } from './build/take';
import { DEFAULT_MAX_REQUEST_KB, type TargetLimits } from './delivery/target';

const DEFAULT_CONCURRENCY = 4;

interface NodeOptions {
	account?: string;
	batchSize?: number;
	concurrency?: number;
	giveUpAfterSeconds?: number;
	maxRequestKilobytes?: number;
	skipDelivered?: boolean;
	testEvents?: BuildSettings['testEvents'];
}

interface IdentityOptions {
	hash?: boolean;
	identifierTypes?: {
		types?: Partial<
			Record<'emailType' | 'externalIdType' | 'klaviyoIdType' | 'phoneNumberType', string>
		>;
	};
	ownIdentifiers?: {
		identifiers?: Array<{ name?: string; typeId?: string; value?: string | number }>;
	};
}

interface PayloadOptions {
	defaultCurrency?: string;
	dropNulls?: boolean;
	layout?: Layout;
	redactPaths?: string;
	renameEvents?: { names?: Array<{ from?: string; to?: string }> };
}

export type Operation = 'send' | 'validate' | 'sendProfileEvent';

/** What holds for the whole run. */
export interface RunSettings extends SendSettings {
	operation: Operation;
	limits: TargetLimits;
}

export function runSettingsOf(context: IExecuteFunctions): RunSettings {
	const options = context.getNodeParameter('options', 0, {}) as NodeOptions;
	return {
		operation: context.getNodeParameter('operation', 0) as Operation,
		limits: {
			batchSize: options.batchSize ?? 0,
			maxRequestBytes: Math.max(1, options.maxRequestKilobytes ?? DEFAULT_MAX_REQUEST_KB) * 1000,
		},
		concurrency: Math.max(1, Math.floor(options.concurrency ?? DEFAULT_CONCURRENCY)),
		policy: {
			...DEFAULT_RETRY_POLICY,
			giveUpAfterMs:
				options.giveUpAfterSeconds === undefined
					? DEFAULT_RETRY_POLICY.giveUpAfterMs
					: Math.max(1, options.giveUpAfterSeconds) * 1000,
		},
		skipDelivered: options.skipDelivered === true,
	};
}

/** Whether what is not delivered goes on by the output Not Delivered. A node can't see what is connected. */
export function handsOver(context: IExecuteFunctions): boolean {
	return context.getNodeParameter('whenNotDelivered', 0, 'fail') === 'handOver';
}

/** What holds for each item: read once where no parameter is an expression, as reading costs more than building. */
export function buildSettingsReader(
	context: IExecuteFunctions,
	now: string,
): (index: number) => BuildSettings {
	if (hasExpression(context.getNode().parameters)) {
		return (index) => buildSettingsOf(context, index, now);
	}
	const same = buildSettingsOf(context, 0, now);
	return () => same;
}

function hasExpression(value: unknown): boolean {
	if (typeof value === 'string') return value.startsWith('=');
	return typeof value === 'object' && value !== null && Object.values(value).some(hasExpression);
}

/** What holds for one item: its parameters may be expressions. */
export function buildSettingsOf(
	context: IExecuteFunctions,
	index: number,
	now: string,
): BuildSettings {
	const options = context.getNodeParameter('options', index, {}) as NodeOptions;
	const payload = context.getNodeParameter('payload', index, {}) as PayloadOptions;
	const what = context.getNodeParameter('resource', index) === 'profile' ? 'profile' : 'event';
	return {
		what,
		source: textParameter(context, 'source', index),
		subject: what === 'profile' ? { kind: 'person' } : subjectOf(context, index),
		mapped:
			context.getNodeParameter('eventFields', index) === 'map'
				? mappedFieldsOf(context, index, what)
				: null,
		account: String(options.account ?? ''),
		testEvents: options.testEvents ?? 'validate',
		rename: renamesOf(payload),
		redact: pathsOf(String(payload.redactPaths ?? '')),
		identity: identityOf(context.getNodeParameter('identity', index, {}) as IdentityOptions),
		shape: shapeSettingsOf(payload),
		now,
	};
}

function subjectOf(context: IExecuteFunctions, index: number): Subject {
	if (context.getNodeParameter('subject', index, 'person') === 'person') return { kind: 'person' };
	return {
		kind: 'none',
		type: textParameter(context, 'subjectType', index),
		id: textParameter(context, 'subjectId', index),
	};
}

function mappedFieldsOf(
	context: IExecuteFunctions,
	index: number,
	what: TakeSettings['what'],
): MappedFields {
	const person = context.getNodeParameter('profileFields', index, {}) as Partial<
		Record<'email' | 'phoneNumber' | 'externalId' | 'klaviyoId', string>
	>;
	return {
		eventName: what === 'profile' ? '' : textParameter(context, 'eventName', index),
		eventId: textParameter(context, 'eventId', index),
		eventTime: textParameter(context, 'eventTime', index),
		email: String(person.email ?? ''),
		phoneNumber: String(person.phoneNumber ?? ''),
		externalId: String(person.externalId ?? ''),
		klaviyoId: String(person.klaviyoId ?? ''),
		properties: assignedFields(context, what === 'profile' ? 'attributes' : 'properties', index),
	};
}

function assignedFields(context: IExecuteFunctions, parameter: string, index: number): IDataObject {
	const { assignments = [] } = context.getNodeParameter(parameter, index, {}) as {
		assignments?: Array<{ name: string; value: IDataObject[string] }>;
	};
	return Object.fromEntries(
		assignments.filter(({ name }) => name !== '').map(({ name, value }) => [name, value]),
	);
}

function identityOf({ hash, identifierTypes, ownIdentifiers }: IdentityOptions): IdentitySettings {
	const types = identifierTypes?.types ?? {};
	return {
		identifierTypes: {
			external_id: types.externalIdType ?? DEFAULT_IDENTIFIER_TYPES.external_id,
			email: types.emailType ?? DEFAULT_IDENTIFIER_TYPES.email,
			phone_number: types.phoneNumberType ?? DEFAULT_IDENTIFIER_TYPES.phone_number,
			klaviyo_id: types.klaviyoIdType ?? DEFAULT_IDENTIFIER_TYPES.klaviyo_id,
		},
		own: (ownIdentifiers?.identifiers ?? []).map(({ name, typeId, value }) => ({
			name: String(name ?? ''),
			typeId: String(typeId ?? ''),
			value: String(value ?? ''),
		})),
		hash: hash ?? false,
	};
}

function shapeSettingsOf({ layout, dropNulls, defaultCurrency }: PayloadOptions): ShapeSettings {
	return {
		layout: layout ?? 'whole',
		dropNulls: dropNulls ?? false,
		defaultCurrency: String(defaultCurrency ?? ''),
	};
}

function renamesOf({ renameEvents }: PayloadOptions): Map<string, string> {
	return new Map(
		(renameEvents?.names ?? [])
			.map(({ from, to }): [string, string] => [String(from ?? '').trim(), String(to ?? '').trim()])
			.filter(([from, to]) => from !== '' && to !== ''),
	);
}

function textParameter(context: IExecuteFunctions, name: string, index: number): string {
	return String(context.getNodeParameter(name, index, '') ?? '');
}
