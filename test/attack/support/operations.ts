// Every operation of the nodes for Klaviyo's and Meiro's APIs, as honest people use it: what hostile ones change of it.
import type { IDataObject, INode, INodePropertyOptions } from 'n8n-workflow';

import { Klaviyo } from '../../../nodes/Klaviyo/Klaviyo.node';
import { MeiroCdp } from '../../../nodes/MeiroCdp/MeiroCdp.node';
import { ROWS } from '../../contract/rows';
import { MemoryCredentials, type Executed } from '../../engine/support/engine';
import { byId, executeKlaviyo } from '../../engine/support/klaviyo';
import { executeMeiroCdp, RenewingCredentials } from '../../engine/support/meiroCdp';
import type { Recorded } from './recorder';

export interface Use {
	node: 'Klaviyo' | 'Meiro CDP';
	resource: string;
	operation: string;
	/** What is special about it, when an operation has several uses. */
	variant?: string;
	parameters: IDataObject;
	items: IDataObject[];
}

const EVENT: IDataObject = {
	event_id: 'id-1',
	event_name: 'placed_order',
	event_time: '2031-02-03T04:05:06Z',
	profile: { email: 'ana@shop.example' },
};

const source = { dataSourceId: byId('klaviyo') };
const mapped = {
	...{ ...source, eventFields: 'map', eventTypeId: byId('placed_order'), version: '1-0-0' },
	...{
		userIdentifier: 'ana@shop.example',
		eventTime: '2031-02-03T04:05:06Z',
		payload: '{"size": "L"}',
	},
};

/** Resource, operation, parameters, items. */
const CDP_USES: Array<[string, string, IDataObject?, IDataObject[]?]> = [
	[
		'audience',
		'checkMembership',
		{
			attributeId: 'ps_email_address',
			identifierValue: 'ana@shop.example',
			segmentId: { mode: 'id', value: '12' },
		},
	],
	[
		'audience',
		'getSegments',
		{
			attributeId: 'ps_email_address',
			identifierValue: 'ana@shop.example',
			segmentTags: 'n8n',
		},
	],
	['customerAttribute', 'getAll', { customerEntityId: '5b1f6e0c-9a77-4c2e-8d3c-0f1f8c2f9a10' }],
	['customerEvent', 'create', source, [EVENT]],
	['customerEvent', 'create', mapped],
	['customerEvent', 'getUploadStatus', { uploadId: '41f2cc9a-f7df-4ef8-b2e1-1bd4e627639a' }],
	['customerEvent', 'upload', source, [EVENT]],
	['customerEvent', 'upload', mapped],
	['dataSource', 'create', { id: 'lamp-shop', name: 'Lamp Shop', type: 'shop' }],
	['dataSource', 'getAll'],
	['eventType', 'create', { ...source, type: 'lamp_lit', version: '1-0-0' }],
	['eventType', 'getAll'],
	[
		'profile',
		'get',
		{ slug: 'website', identifierType: 'email', identifierValue: 'ana@shop.example' },
	],
];

export const USES: Use[] = [
	...ROWS.map(
		({ resource, operation, variant, parameters = {}, items = [{}] }): Use => ({
			node: 'Klaviyo',
			resource,
			operation,
			variant,
			parameters,
			items,
		}),
	),
	...CDP_USES.map(
		([resource, operation, parameters = {}, items = [{}]]): Use => ({
			node: 'Meiro CDP',
			resource,
			operation,
			parameters,
			items,
		}),
	),
];

/** One use of each operation. */
export const OPERATIONS = [
	...new Map([...USES].reverse().map((use) => [nameOf({ ...use, variant: '' }), use])).values(),
].reverse();

/** What the editor offers and no use is of: an attack would pass it by. */
export function unused(): string[] {
	const used = new Set(USES.map(({ resource, operation }) => `${resource} ${operation}`));
	return [new Klaviyo(), new MeiroCdp()]
		.flatMap(({ description }) => description.properties.filter(({ name }) => name === 'operation'))
		.flatMap(({ displayOptions, options = [] }) =>
			(options as INodePropertyOptions[]).map(
				({ value }) => `${String(displayOptions?.show?.resource?.[0])} ${String(value)}`,
			),
		)
		.filter((name) => !used.has(name));
}

export function nameOf({ node, resource, operation, variant }: Use): string {
	return `${node}, ${resource} ${operation}${variant ? `, ${variant}` : ''}`;
}

export const KLAVIYO_KEY = 'pk_0123456789abcdef0123456789abcdef01';
export const CDP_TOKEN = 'token-of-the-cdp';
export const PIPES_TOKEN = 'token-of-the-pipes';

/** Credentials of both nodes for one server, on which each of Meiro's APIs has a folder of its own. */
export function credentialsAt(server: string, more: IDataObject = {}) {
	return {
		Klaviyo: new MemoryCredentials({
			klaviyoPrivateKeyApi: {
				apiKey: KLAVIYO_KEY,
				baseUrl: server,
				allowPrivate: true,
				...more,
			} as never,
		}),
		'Meiro CDP': new RenewingCredentials({
			...{
				baseUrl: `${server}/cdp`,
				authentication: 'accessToken',
				accessToken: CDP_TOKEN,
				allowPrivate: true,
			},
			...{
				audienceUrl: `${server}/audience`,
				pipesUrl: `${server}/pipes`,
				pipesToken: PIPES_TOKEN,
			},
			...more,
		} as never),
	};
}

/** Plays one use against a server. */
export async function play(
	use: Use,
	server: string,
	options: { credential?: IDataObject; onError?: INode['onError'] } = {},
): Promise<Executed> {
	const { node, resource, operation, items } = use;
	const credentials = credentialsAt(server, options.credential)[node];
	const { onError } = options;
	// Klaviyo's import jobs would be asked for again and again.
	const parameters = {
		...use.parameters,
		...(resource === 'profile' && operation === 'upsert' ? { options: {} } : {}),
	};
	if (node === 'Klaviyo')
		return await executeKlaviyo({
			apiUrl: server,
			resource,
			operation,
			parameters,
			items,
			credentials,
			onError,
		});
	return await executeMeiroCdp(
		items.map((json) => ({ json })),
		{ credentials, parameters: { resource, operation, ...parameters }, onError },
	);
}

/** A place in a use, from its top on. */
export type Place = string[];

/** Where a use holds texts, e.g. IDs, names or addresses. */
export function placesIn(
	use: Use,
	isWanted: (key: string, isLocator: boolean) => boolean,
): Place[] {
	const found: Place[] = [];
	const visit = (value: unknown, place: Place): void => {
		if (typeof value === 'object' && value !== null) {
			for (const [key, one] of Object.entries(value)) visit(one, [...place, key]);
		} else if (typeof value === 'string' && isWanted(place.at(-1)!, false)) found.push(place);
	};
	const visitLocators = (value: unknown, place: Place): void => {
		if (typeof value !== 'object' || value === null) return;
		if ('__rl' in value && isWanted(place.at(-1)!, true)) found.push([...place, 'value']);
		for (const [key, one] of Object.entries(value)) visitLocators(one, [...place, key]);
	};
	for (const at of ['parameters', 'items'] as const) {
		visit(use[at], [at]);
		visitLocators(use[at], [at]);
	}
	return found;
}

export function textAt(use: Use, place: Place): string {
	return String(
		place.reduce((value: unknown, key) => (value as Record<string, unknown>)[key], use),
	);
}

/** The use with another text at a place. */
export function withText(use: Use, place: Place, text: string): Use {
	const changed = structuredClone(use);
	const last = place.at(-1)!;
	const parent = place
		.slice(0, -1)
		.reduce((value: unknown, key) => (value as Record<string, unknown>)[key], changed);
	(parent as Record<string, unknown>)[last] = text;
	return changed;
}

/** Method, path and names in the query: what an item has no say in. */
export function destinationOf({ method, path }: Recorded): { target: string; names: string[] } {
	const [target = '', query = ''] = path.split('?');
	return { target: `${method} ${target}`, names: [...new URLSearchParams(query).keys()] };
}
