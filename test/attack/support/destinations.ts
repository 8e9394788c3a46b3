// IDs and items that try to choose an endpoint of Klaviyo's and Meiro's APIs. Each operation on the real engine.
import type { IDataObject } from 'n8n-workflow';

import type { Attack, AttackGroup } from './attack';
import {
	destinationOf,
	nameOf,
	OPERATIONS,
	placesIn,
	play,
	textAt,
	unused,
	USES,
	withText,
	type Use,
} from './operations';
import { startRecorder, type Recorded, type Recorder } from './recorder';
import { steeringFields } from './steering';

/** What an item may hold in place of an ID. */
const HOSTILE_IDS = [
	...['.', '..', ' .. ', '...', '%2e', '%2e%2e', '.%2E', '%252e%252e', '．．', '․․'],
	...[
		'../',
		'/..',
		'../..',
		'./.',
		'..\\',
		'..%2f',
		'..%5c',
		'..;/',
		'../../api/accounts',
		'x/../../accounts',
		'x/..',
		'/',
		'//',
	],
	...[
		'..?x=1',
		'..#',
		'?',
		'#',
		'a?injected=1',
		'a&injected=1',
		'a#b',
		'//evil.example',
		'https://evil.example/',
		'@evil.example',
		':80',
	],
	...[
		'a\r\nX-Injected: 1',
		'..\r\nX-Injected: 1',
		'a HTTP/1.1\r\nX-Injected: 1',
		'a%0d%0aX-Injected: 1',
		'..\t',
		'.\n.',
		'..\0',
		'\u010d\u010aX-Injected: 1',
	],
	...[
		"') or greater-than(created,2000-01-01T00:00:00Z",
		'")),any(id,["x',
		'__proto__',
		'constructor',
		'{{ 7 * 7 }}',
		'${7*7}',
	],
];

/** Texts that name something, and all choices from lists. */
const isId = (key: string, isLocator: boolean) =>
	isLocator || /^(id|slug|segment)$|Id$|_id$/.test(key);

let server: Recorder;
let elsewhere: Recorder;

async function open(): Promise<void> {
	[server, elsewhere] = await Promise.all([startRecorder(), startRecorder()]);
}

async function close(): Promise<void> {
	await Promise.all([server.close(), elsewhere.close()]);
}

/** What a use sends to its server. */
async function sentBy(use: Use): Promise<Recorded[]> {
	server.requests.length = 0;
	elsewhere.requests.length = 0;
	await play(use, server.url, { onError: 'continueRegularOutput' });
	return [...server.requests];
}

/** Where the requests of a use went. */
const destinations = async (use: Use) => (await sentBy(use)).map(destinationOf);

/** Where honest requests went, with another ID in them. */
function withId(target: string, id: string, other: string): string {
	return target
		.split('/')
		.map((step) => (step === encodeURIComponent(id) ? encodeURIComponent(other) : step))
		.join('/');
}

export const ID_ATTACKS: AttackGroup = {
	name: 'IDs that choose another endpoint',
	async attacks() {
		await open();
		const attacks: Attack[] = [];
		for (const use of USES) {
			// What an expression reads stands in the items, and is changed there.
			const places = placesIn(use, isId).filter((place) => !textAt(use, place).startsWith('='));
			if (places.length === 0) continue;
			const honest = await destinations(use);
			const names = honest.flatMap((one) => one.names);
			for (const place of places) {
				const id = textAt(use, place);
				for (const hostile of [...HOSTILE_IDS, elsewhere.url]) {
					const targets = honest.map(({ target }) => withId(target, id, hostile.trim()));
					attacks.push({
						what: `${nameOf(use)}: ${place.join('.')} is ${JSON.stringify(hostile)}`,
						async succeeds() {
							const got = await destinations(withText(use, place, hostile));
							const isInjected = server.requests.some(
								({ headers }) => headers['x-injected'] !== undefined,
							);
							return (
								isInjected ||
								elsewhere.requests.length > 0 ||
								got.some(
									(one) =>
										!targets.includes(one.target) ||
										one.names.some((name) => !names.includes(name)),
								)
							);
						},
					});
				}
			}
		}
		return attacks;
	},
	async honest() {
		for (const use of USES) if ((await destinations(use)).length === 0) return false;
		return unused().length === 0;
	},
	close,
};

/** All of a request that is not the item's: what the user chose in the node and in the credential. */
function settingsIn(request: Recorded): string {
	const headers = { ...request.headers, 'content-length': '' };
	const { target, names } = destinationOf(request);
	// The boundary between the parts of an upload is new each time.
	return JSON.stringify([target, names, headers]).replace(/boundary=[^"\\]*/, '');
}

export const API_STEERING_ATTACKS: AttackGroup = {
	name: 'items that choose endpoint, credential or header of the API nodes',
	async attacks() {
		await open();
		const attacks: Attack[] = [];
		for (const use of OPERATIONS) {
			const honest = (await sentBy(use)).map(settingsIn);
			for (const [name, value] of steeringFields(elsewhere.url)) {
				attacks.push({
					what: `${nameOf(use)}: item.${name}`,
					async succeeds() {
						const got = await sentBy({
							...use,
							items: use.items.map((item) => ({ ...item, [name]: value }) as IDataObject),
						});
						return (
							elsewhere.requests.length > 0 ||
							got.some((request) => !honest.includes(settingsIn(request)))
						);
					},
				});
			}
		}
		return attacks;
	},
	async honest() {
		for (const use of OPERATIONS) if ((await sentBy(use)).length === 0) return false;
		return true;
	},
	close,
};
