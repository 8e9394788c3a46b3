import type { Dict } from '../types';
import { notFound } from './errors';
import { inventUlid, inventUuid, ULID } from './ids';
import type { Resource } from './listing';
import { checkId } from './listing';
import { micros, seconds } from './times';

export type Channel = 'email' | 'sms' | 'mobile_push';

/** What a campaign is made from: everything has a default. */
export interface NewCampaign {
	/** 26 characters. */
	id?: string;
	name?: string;
	/** Default email. */
	channel?: Channel;
	/** One of the specification's words; default Sent. */
	status?: string;
	archived?: boolean;
	/** Default now. */
	created_at?: Date;
	/** Default as created. */
	updated_at?: Date;
	scheduled_at?: Date | null;
	/** Default as updated for one that was sent, else null. */
	send_time?: Date | null;
	/** Ids of lists and segments. */
	included?: string[];
	/** Names. */
	tags?: string[];
	/** What the reports say of it: `{ opens: 12 }`; 0 for what is not here. */
	statistics?: Record<string, number>;
}

export interface StoredCampaign {
	id: string;
	channel: Channel;
	send_time: Date | null;
	statistics: Record<string, number>;
	resource: Resource;
	message: Resource;
	tags: Resource[];
}

export class CampaignStore {
	private readonly campaigns = new Map<string, StoredCampaign>();
	private created = 0;

	constructor(private readonly now: () => Date) {}

	list(): StoredCampaign[] {
		return [...this.campaigns.values()];
	}

	/** @throws ApiError 400, 404 */
	get(id: string): StoredCampaign {
		checkId(id, ULID);
		const campaign = this.campaigns.get(id);
		if (!campaign) throw notFound('campaign', id);
		return campaign;
	}

	/** @throws ApiError 400, 404 */
	withMessage(id: string): StoredCampaign {
		checkId(id, ULID);
		const campaign = this.list().find(({ message }) => message.id === id);
		if (!campaign) throw notFound('campaign-message', id);
		return campaign;
	}

	add(given: NewCampaign): StoredCampaign {
		const number = ++this.created;
		const id = given.id ?? inventUlid(`campaign ${number}`);
		const campaign = built(id, number, given, this.now());
		this.campaigns.set(id, campaign);
		return campaign;
	}

	remove(id: string): void {
		this.campaigns.delete(id);
	}
}

function built(id: string, number: number, given: NewCampaign, now: Date): StoredCampaign {
	const { channel = 'email', status = 'Sent', archived = false, statistics = {} } = given;
	const { name = `Campaign ${String(number).padStart(5, '0')}` } = given;
	const { created_at = now, updated_at = created_at, scheduled_at = null } = given;
	const { send_time = status === 'Sent' ? updated_at : null } = given;
	const messageId = inventUlid(`message of ${id}`);
	const tags = (given.tags ?? []).map(tagOf);
	const times = { created_at: micros(created_at), updated_at: micros(updated_at) };
	const resource: Resource = {
		...{ type: 'campaign', id },
		attributes: {
			...{ name, status, archived },
			audiences: { included: given.included ?? [], excluded: [] },
			send_options: { use_smart_sending: true },
			tracking_options: trackingOf(channel),
			send_strategy: scheduled_at
				? { method: 'static', datetime: seconds(scheduled_at), options: null }
				: { method: 'immediate' },
			...times,
			scheduled_at: scheduled_at && micros(scheduled_at),
			send_time: send_time && micros(send_time),
		},
		filterable: { 'messages.channel': channel },
		relationships: {
			'campaign-messages': { data: [{ type: 'campaign-message', id: messageId }] },
			tags: { data: tags.map((tag) => ({ type: 'tag', id: tag.id })) },
		},
	};
	const message: Resource = {
		...{ type: 'campaign-message', id: messageId },
		attributes: { definition: definitionOf(channel, name), send_times: [], ...times },
		relationships: { campaign: { data: { type: 'campaign', id } }, template: {}, image: {} },
	};
	return { id, channel, send_time, statistics, resource, message, tags };
}

function tagOf(name: string): Resource {
	return { type: 'tag', id: inventUuid(`tag ${name}`), attributes: { name } };
}

// Text messages have no click and open flags; push has no such options at all.
function trackingOf(channel: Channel): Dict | null {
	const sms = { add_tracking_params: true, custom_tracking_params: [] };
	if (channel === 'mobile_push') return null;
	if (channel === 'sms') return sms;
	return { ...sms, is_tracking_clicks: true, is_tracking_opens: true };
}

function definitionOf(channel: Channel, name: string): Dict {
	if (channel === 'email') {
		const from = { from_email: 'hello@shop.example', from_label: 'Lamp Shop' };
		const content = { subject: `About ${name}`, preview_text: '', ...from };
		return { channel, label: name, content: { ...content, reply_to_email: null } };
	}
	if (channel === 'sms') return { channel, content: { body: `About ${name}`, media_url: null } };
	const content = { title: name, body: `About ${name}` };
	return { channel, notification_type: 'standard', content, kv_pairs: null };
}
