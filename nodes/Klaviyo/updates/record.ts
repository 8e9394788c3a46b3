import type { KlaviyoEvent } from '../../shared/event/contract';

/** Something that Klaviyo tells has happened. */
export interface UpdateRecord {
	/** The same record read again has the same key. */
	key: string;
	/** Milliseconds, as Klaviyo prints it: whole seconds. */
	time: number;
	/** Made only for what is emitted. */
	event(): KlaviyoEvent;
}

/** A listing of Klaviyo's API that can be read from a time on. */
export interface UpdateSource {
	/** Names the source's state, e.g. 'metric:AbC123'. */
	id: string;
	/** The choice under 'Events' that it belongs to. */
	choice: string;
	/** Records leave their place when they change, so an old bucket never reads the same again. */
	moves: boolean;
	/** Ascending by time, from `from` on; earlier ones may come along. */
	pages(from: number): AsyncIterable<UpdateRecord[]>;
	/** The newest ones, for trying out. */
	newest(limit: number): Promise<UpdateRecord[]>;
}
