import type { IDataObject } from 'n8n-workflow';

import type { OutgoingEvent } from '../build/buildEvent';

/** What sets a product of Meiro's apart. */
export interface ProductWay {
	label: string;
	/** Events in one request, unless the user says otherwise. */
	batchSize: number;
	/** @param path the source's, with its parts encoded */
	urlOf(baseUrl: string, path: string, eventName: string): string;
	/** An event's part of a request's body. */
	bodyOf(event: OutgoingEvent): IDataObject;
}
