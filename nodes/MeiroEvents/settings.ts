import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { DEFAULT_RETRY_POLICY, type RetryPolicy } from '../shared/retry';
import type { BuildSettings, MappedFields } from './delivery/build';

const DEFAULT_CONCURRENCY = 4;

interface NodeOptions {
	batchSize?: number;
	concurrency?: number;
	giveUpAfterSeconds?: number;
	testEvents?: 'skip' | 'deliver';
}

/** What holds for the whole run. */
export interface RunSettings {
	/** 0 leaves it to the product. */
	batchSize: number;
	concurrency: number;
	policy: RetryPolicy;
}

export function runSettingsOf(context: IExecuteFunctions): RunSettings {
	const options = context.getNodeParameter('options', 0, {}) as NodeOptions;
	return {
		batchSize: options.batchSize ?? 0,
		concurrency: Math.max(1, Math.floor(options.concurrency ?? DEFAULT_CONCURRENCY)),
		policy: {
			...DEFAULT_RETRY_POLICY,
			giveUpAfterMs:
				options.giveUpAfterSeconds === undefined
					? DEFAULT_RETRY_POLICY.giveUpAfterMs
					: Math.max(1, options.giveUpAfterSeconds) * 1000,
		},
	};
}

/** What holds for one item: its parameters may be expressions. */
export function buildSettingsOf(
	context: IExecuteFunctions,
	index: number,
	now: string,
): BuildSettings {
	const options = context.getNodeParameter('options', index, {}) as NodeOptions;
	return {
		source: String(context.getNodeParameter('source', index, '') ?? ''),
		subject: context.getNodeParameter('subject', index, 'person') as BuildSettings['subject'],
		testEvents: options.testEvents ?? 'skip',
		mapped:
			context.getNodeParameter('eventFields', index) === 'map' ? mappedFieldsOf(context, index) : null,
		now,
	};
}

function mappedFieldsOf(context: IExecuteFunctions, index: number): MappedFields {
	const text = (name: string) => String(context.getNodeParameter(name, index, '') ?? '');
	const person = context.getNodeParameter('profileFields', index, {}) as Partial<
		Record<'email' | 'phoneNumber' | 'externalId' | 'klaviyoId', string>
	>;
	return {
		eventName: text('eventName'),
		eventId: text('eventId'),
		eventTime: text('eventTime'),
		email: String(person.email ?? ''),
		phoneNumber: String(person.phoneNumber ?? ''),
		externalId: String(person.externalId ?? ''),
		klaviyoId: String(person.klaviyoId ?? ''),
		properties: assignedProperties(context, index),
	};
}

function assignedProperties(context: IExecuteFunctions, index: number): IDataObject {
	const { assignments = [] } = context.getNodeParameter('properties', index, {}) as {
		assignments?: Array<{ name: string; value: IDataObject[string] }>;
	};
	return Object.fromEntries(
		assignments
			.filter(({ name }) => name !== '' && name !== '__proto__')
			.map(({ name, value }) => [name, value]),
	);
}
