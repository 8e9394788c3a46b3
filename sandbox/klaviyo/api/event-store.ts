import type { KlaviyoDialect } from '../dialect';
import { idWithoutSenders } from '../tags';
import type { Dict } from '../types';
import { notFound } from './errors';
import { EVENT_ID, inventId, inventUuid } from './ids';
import type { Resource } from './listing';
import { checkId } from './listing';
import { seconds } from './times';

export interface StoredEvent {
	/** 11 characters. */
	id: string;
	metric_id: string;
	profile_id: string;
	/** When it happened, to the second. */
	time: Date;
	/** When it became visible. */
	recorded: Date;
	/** With `$value`, `$value_currency` and `$event_id`, as they come back. */
	properties: Dict;
	/** Whose message led to it. */
	campaign_id?: string;
	/** Written through the API, and with `backfill`. */
	written: boolean;
	backfill: boolean;
}

export type NewEvent = Omit<StoredEvent, 'id'>;

export class EventStore {
	private readonly events = new Map<string, StoredEvent>();
	private readonly resources = new Map<string, Resource>();
	private readonly seen = new Set<string>();
	private created = 0;

	constructor(private readonly dialect: KlaviyoDialect) {}

	list(): StoredEvent[] {
		return [...this.events.values()];
	}

	/** @throws ApiError 400, 404 */
	get(id: string): StoredEvent {
		checkId(id, EVENT_ID);
		const event = this.events.get(id);
		if (!event) throw notFound('event', id);
		return event;
	}

	/**
	 * Null for a repetition: the first one with its `unique_id` per profile and metric is recorded,
	 * the others go silently (create_event). Without one the second stands for it.
	 */
	add(event: NewEvent): StoredEvent | null {
		const { profile_id, metric_id, time } = event;
		const second = Math.floor(time.getTime() / 1000);
		const sendersId = event.properties.$event_id;
		const unique = JSON.stringify([profile_id, metric_id, sendersId ?? String(second)]);
		if (this.seen.has(unique)) return null;
		this.seen.add(unique);
		const $event_id = sendersId ?? idWithoutSenders(second, this.dialect);
		const stored = {
			id: inventId(`event ${++this.created}`, 11),
			...event,
			properties: { ...event.properties, ...($event_id === undefined ? {} : { $event_id }) },
		};
		this.events.set(stored.id, stored);
		return stored;
	}

	replaceProfile(profileId: string, otherId: string): void {
		for (const event of this.of(profileId)) {
			event.profile_id = otherId;
			this.resources.delete(event.id);
		}
	}

	removeProfile(profileId: string): void {
		for (const { id } of this.of(profileId)) {
			this.events.delete(id);
			this.resources.delete(id);
		}
	}

	resource(event: StoredEvent): Resource {
		const known = this.resources.get(event.id);
		if (known) return known;
		const resource = resourceOf(event);
		this.resources.set(event.id, resource);
		return resource;
	}

	private of(profileId: string): StoredEvent[] {
		return this.list().filter((event) => event.profile_id === profileId);
	}
}

function resourceOf(event: StoredEvent): Resource {
	const { id, metric_id, profile_id, time, properties, campaign_id } = event;
	return {
		type: 'event',
		id,
		attributes: {
			timestamp: Math.floor(time.getTime() / 1000),
			event_properties: properties,
			datetime: seconds(time),
			uuid: inventUuid(`event ${id}`),
		},
		filterable: { metric_id, profile_id, metric: metric_id, profile: profile_id },
		relationships: {
			profile: { data: { type: 'profile', id: profile_id } },
			metric: { data: { type: 'metric', id: metric_id } },
			attributions: { data: campaign_id === undefined ? [] : [attributionOf(id)] },
		},
	};
}

const attributionOf = (eventId: string) => ({
	type: 'attribution',
	id: inventUuid(`attribution ${eventId}`).replaceAll('-', ''),
});

/** What the answer may include of an event that a campaign's message led to. */
export function attributionsOf({ id, campaign_id }: StoredEvent): Resource[] {
	if (campaign_id === undefined) return [];
	const campaign = { data: { type: 'campaign', id: campaign_id } };
	return [{ ...attributionOf(id), relationships: { campaign } }];
}
