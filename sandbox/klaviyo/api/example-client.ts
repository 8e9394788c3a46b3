// A client and request bodies for trying the API out, from tests or by hand. Nothing in the stand-in
// itself uses it.
import type { AxiosInstance, AxiosResponse } from 'axios';
import axios from 'axios';

import { REVISION } from './keys';

/** Never rejects because of a status; a header that is null is left out. */
export function clientOf(
	apiUrl: string,
	headers: Record<string, string | null> = {},
): AxiosInstance {
	return axios.create({
		baseURL: apiUrl,
		validateStatus: () => true,
		headers: {
			Authorization: 'Klaviyo-API-Key pk_sandbox',
			revision: REVISION,
			'Content-Type': 'application/vnd.api+json',
			...headers,
		},
	});
}

/** The only error of an answer. */
export function errorOf({ data }: AxiosResponse): Record<string, unknown> {
	return (data as { errors: Array<Record<string, unknown>> }).errors[0] ?? {};
}

/** A clock that only its holder moves; its `now` is an option of the stand-in. */
export function heldClock(at: string): { now: () => Date; pass(ms: number): void } {
	let ms = Date.parse(at);
	return {
		now: () => new Date(ms),
		pass: (more) => {
			ms += more;
		},
	};
}

export interface Row {
	id: string;
	type: string;
	attributes: Record<string, unknown>;
	relationships?: Record<string, { data?: unknown }>;
}

export interface Page {
	data: Row[];
	included?: Row[];
	links: { next: string | null };
}

/** `/api/events` with parameters, encoded. */
export function pathOf(path: string, params: Record<string, string | number> = {}): string {
	const query = new URLSearchParams(
		Object.fromEntries(Object.entries(params).map(([name, value]) => [name, String(value)])),
	);
	return `${path}?${query.toString()}`;
}

export async function pagesOf(
	api: AxiosInstance,
	path: string,
	params: Record<string, string | number> = {},
	between: (page: number) => void | Promise<void> = () => {},
): Promise<Page[]> {
	const pages: Page[] = [];
	for (let next: string | null = pathOf(path, params); next !== null; ) {
		const { status, data }: { status: number; data: Page } = await api.get<Page>(next);
		if (status !== 200) throw new Error(`${status} ${JSON.stringify(data)}`);
		pages.push(data);
		await between(pages.length);
		next = data.links.next;
	}
	return pages;
}

export async function allOf(
	api: AxiosInstance,
	path: string,
	params: Record<string, string | number> = {},
): Promise<Row[]> {
	return (await pagesOf(api, path, params)).flatMap(({ data }) => data);
}

export interface NewStep {
	temporary_id: string;
	type: string;
	links?: { next: string | null };
	data: object;
}

export function webhookStep(
	url: string,
	temporary_id = 'send',
	next: string | null = null,
): NewStep {
	const headers = { 'X-Webhook-Secret': 'from-the-definition' };
	const message = { url, headers, body: '{"email":"{{ email }}"}', name: 'To n8n' };
	return { temporary_id, type: 'send-webhook', links: { next }, data: { message } };
}

/** The body of POST /api/flows; the first step is the entry. */
export function newFlow(actions: NewStep[], trigger: object = { type: 'metric', id: null }) {
	const entry_action_id = actions[0]?.temporary_id ?? null;
	const definition = { triggers: [trigger], profile_filter: null, actions, entry_action_id };
	return { data: { type: 'flow', attributes: { name: 'Cart left behind', definition } } };
}

export function statusChange(id: string, status: string) {
	return { data: { type: 'flow', id, attributes: { status } } };
}
