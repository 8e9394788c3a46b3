import type { IDataObject } from 'n8n-workflow';

import type { ApiRequest, KlaviyoClient } from '../../api/klaviyoClient';
import type { UpdateRecord } from '../record';

/** What all sources need. */
export interface SourceContext {
	client: KlaviyoClient;
	account: string | null;
	/** ISO 8601 UTC: when the poll began. */
	readAt: string;
}

/** The listing's pages as records. What has no time, which Klaviyo documents for all of them, stays out. */
export async function* recordsOf(
	{ client }: SourceContext,
	request: ApiRequest,
	recordOf: (resource: IDataObject) => UpdateRecord | null,
	limit?: number,
): AsyncGenerator<UpdateRecord[], void, undefined> {
	for await (const page of client.pages(request, limit)) {
		yield page
			.map(recordOf)
			.filter((record): record is UpdateRecord => record !== null && Number.isFinite(record.time));
	}
}

/** All of `recordsOf`, for the few that a test shows. */
export async function newestOf(
	context: SourceContext,
	request: ApiRequest,
	recordOf: (resource: IDataObject) => UpdateRecord | null,
	limit: number,
): Promise<UpdateRecord[]> {
	const found: UpdateRecord[] = [];
	for await (const page of recordsOf(context, request, recordOf, limit)) found.push(...page);
	return found;
}

/** Parameters for a listing of whole profiles at Klaviyo's largest page. */
export const WHOLE_PROFILES = {
	'additional-fields[profile]': 'subscriptions',
	'page[size]': '100',
};
