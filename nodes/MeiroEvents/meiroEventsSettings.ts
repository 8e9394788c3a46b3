import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { DEFAULT_RETRY_POLICY, msOfSeconds } from '../shared/http/retry';
import type { BuildSettings } from './build/buildEvent';
import { DEFAULT_IDENTIFIER_TYPES, type OwnIdentifier } from './build/identify';
import type { SendSettings } from './delivery/send';
import { buildOptionsOf, type BuildOptions } from './build/buildOptions';
import type { Layout } from './build/shape';
import type { MappedFields, Subject, TakeSettings } from './build/take';
import { MAX_REQUEST_BYTES, type PipesBody, type TargetLimits } from './delivery/target';

const DEFAULT_CONCURRENCY = 4;

interface NodeOptions extends BuildOptions {
	account?: string;
	concurrency?: number;
	giveUpAfterSeconds?: number;
	layout?: Layout;
	ownIdentifiers?: { identifiers?: Array<{ name?: string; value?: string | number }> };
	skipDelivered?: boolean;
	subjectId?: string | number;
	subjectType?: string;
}

/** For a Meiro that answers or names things otherwise. */
interface Compatibility {
	batchSize?: number;
	pipesBody?: PipesBody;
	externalIdType?: string;
	klaviyoIdType?: string;
}

export type Operation = 'send' | 'validate' | 'sendProfileEvent';

/** What holds for the whole run. */
export interface RunSettings extends SendSettings {
	operation: Operation;
	limits: TargetLimits;
}

export function runSettingsOf(context: IExecuteFunctions): RunSettings {
	const options = context.getNodeParameter('options', 0, {}) as NodeOptions;
	const { batchSize = 0, pipesBody } = context.getNodeParameter(
		'compatibility',
		0,
		{},
	) as Compatibility;
	return {
		operation: context.getNodeParameter('operation', 0) as Operation,
		limits: { batchSize, maxRequestBytes: MAX_REQUEST_BYTES, pipesBody },
		concurrency: Math.max(1, Math.floor(Number(options.concurrency ?? DEFAULT_CONCURRENCY)) || 1),
		policy: {
			...DEFAULT_RETRY_POLICY,
			giveUpAfterMs: msOfSeconds(options.giveUpAfterSeconds, DEFAULT_RETRY_POLICY.giveUpAfterMs),
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
	const {
		externalIdType = DEFAULT_IDENTIFIER_TYPES.external_id,
		klaviyoIdType = DEFAULT_IDENTIFIER_TYPES.klaviyo_id,
	} = context.getNodeParameter('compatibility', index, {}) as Compatibility;
	const { hash, redact, defaultCurrency, testEvents } = buildOptionsOf(options);
	const operation = context.getNodeParameter('operation', index) as Operation;
	const what = operation === 'sendProfileEvent' ? 'profile' : 'event';
	return {
		what,
		source: textParameter(context, 'source', index),
		subject: what === 'profile' ? { kind: 'person' } : subjectOf(options),
		mapped:
			context.getNodeParameter('eventFields', index) === 'map'
				? mappedFieldsOf(context, index, what)
				: null,
		account: String(options.account ?? ''),
		// Who looks at a sample wants to see it.
		testEvents: operation === 'validate' ? 'deliver' : testEvents,
		redact,
		identity: {
			identifierTypes: {
				...DEFAULT_IDENTIFIER_TYPES,
				external_id: externalIdType.trim(),
				klaviyo_id: klaviyoIdType.trim(),
			},
			own: ownIdentifiersOf(options),
			hash,
		},
		identityHint:
			"Map one of them under 'Profile Identifiers', or enter 'Subject ID' if the event is about a thing.",
		shape: { layout: options.layout ?? 'whole', defaultCurrency },
		now,
		timezone: context.getTimezone(),
	};
}

function subjectOf({ subjectId, subjectType }: NodeOptions): Subject {
	const id = String(subjectId ?? '').trim();
	return id === ''
		? { kind: 'person' }
		: { kind: 'thing', type: String(subjectType ?? '').trim(), id };
}

function mappedFieldsOf(
	context: IExecuteFunctions,
	index: number,
	what: TakeSettings['what'],
): MappedFields {
	const person = context.getNodeParameter('identifiers', index, {}) as Partial<
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
		properties: assignedFields(context, index),
	};
}

function assignedFields(context: IExecuteFunctions, index: number): IDataObject {
	const { assignments = [] } = context.getNodeParameter('properties', index, {}) as {
		assignments?: Array<{ name: string; value: IDataObject[string] }>;
	};
	return Object.fromEntries(
		assignments.filter(({ name }) => name !== '').map(({ name, value }) => [name, value]),
	);
}

function ownIdentifiersOf({ ownIdentifiers }: NodeOptions): OwnIdentifier[] {
	return (ownIdentifiers?.identifiers ?? []).map(({ name, value }) => ({
		name: String(name ?? ''),
		value: String(value ?? ''),
	}));
}

function textParameter(context: IExecuteFunctions, name: string, index: number): string {
	return String(context.getNodeParameter(name, index, '') ?? '');
}
