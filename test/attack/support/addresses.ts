// Addresses and sources that lead elsewhere than where Meiro or Klaviyo is.
import type { ICredentialDataDecryptedObject, IDataObject } from 'n8n-workflow';

import { klaviyoAddressOf } from '../../../nodes/Klaviyo/api/address';
import { addressOf } from '../../../nodes/MeiroCdp/api/address';
import { buildEvent } from '../../../nodes/MeiroEvents/delivery/build';
import { baseUrlOf, requestUrl, type Target } from '../../../nodes/MeiroEvents/delivery/target';
import { AUTOMATIC } from '../../unit/meiro/support/events';
import type { AttackGroup } from './attack';

export const WITH_LOGIN = [
	'https://user@me.example',
	'https://user:pass@me.example',
	'https://:pass@me.example',
	'http://127.0.0.1@evil.example',
	'http://localhost:80@evil.example/',
	'https://me.example%40:x@evil.example',
];

export const WITH_QUERY = [
	'https://me.example?event_name=x',
	'https://me.example/?',
	'https://me.example/path?',
	'https://me.example/path?#',
	'https://me.example#top',
	'https://me.example/#',
	'https://me.example/path#',
	'https://me.example/#@evil.example',
	'https://me.example/\\?x=1',
];

export const OTHER_SCHEMES = [
	'ftp://me.example',
	'file:///etc/passwd',
	'ws://me.example',
	'gopher://me.example',
	'javascript:alert(1)',
	'data:text/plain,x',
	'blob:https://me.example/1',
	'unix:/var/run/docker.sock',
	'localhost:8080',
	'me.example:443',
];

export const NO_ADDRESS = [
	'',
	' ',
	'me.example',
	'//me.example',
	'/ingest',
	'https://',
	'https://me .example',
	undefined,
	null,
	7,
	{},
	[],
];

/** Unencrypted, to a host that is not this machine, however much it looks like it. */
export const PLAIN_HTTP = [
	'http://localhost.evil.example',
	'http://127.0.0.1.evil.example',
	'http://127.0.0.1.evil.example.',
	'http://localhost.evil',
	'http://notlocalhost',
	'http://evil-localhost',
	'http://localhostevil',
	'http://localhosts',
	'http://127-0-0-1.evil.example',
	'http://[::ffff:127.0.0.1]',
	'http://[::ffff:10.0.0.1]',
	'http://[::]',
	'http://[::2]',
	'http://[2001:db8::1]',
	'http://0.0.0.0',
	'http://126.255.255.255',
	'http://128.0.0.1',
	'http://10.0.0.1',
	'http://169.254.169.254',
	'http://0x80.1',
	'http://lоcalhost',
	'http://evil.example/localhost',
	'http://evil.example\\localhost',
	'http://evil.example:80/127.0.0.1',
	'HTTP://EVIL.EXAMPLE',
	'\thttp://evil.example\n',
	'ht\ntp://evil.example',
];

/** Where clouds keep the secrets of their machines, in all spellings. */
export const METADATA = [
	'https://169.254.169.254',
	'https://169.254.169.254/latest/meta-data',
	'https://0xa9fea9fe',
	'https://2852039166',
	'https://0251.0376.0251.0376',
	'https://169.254.43518',
	'https://169.254.170.2',
	'https://[fe80::1]',
	'https://[fe80::a9fe:a9fe]',
	'https://[::ffff:169.254.169.254]',
	'https://[::ffff:a9fe:a9fe]',
	'https://[fd00:ec2::254]',
	'https://[fd00:0ec2:0:0:0:0:0:254]',
	'https://100.100.100.200',
	'https://metadata.google.internal',
	'https://METADATA.google.internal.',
	'https://metadata。google。internal',
];

/** Sources that climb out of the Base URL. */
export const CLIMBING = ['.', '..', '../admin', 'a/../b', 'a/..', './a', 'a/./b', '/../', '/..', ' ../a ', 'a/../../..'];

/** Sources that would be something else than a path if they were not encoded. */
export const DISGUISED = [
	'%2e%2e/admin',
	'%2E%2E%2Fadmin',
	'..%2fadmin',
	'..%5cadmin',
	'..\\admin',
	'\\..\\..\\admin',
	'..;/admin',
	'a\t/\t../b',
	'.. /admin',
	'\u2025/admin',
	'\uff0e\uff0e/admin',
	'@evil.example',
	'evil.example:80',
	'a//evil.example',
	'?event_name=forged',
	'#fragment',
	'a?x=1#y',
	'a&event_name=forged',
	'a\r\nHost: evil.example',
	'a\0b',
	'%00',
	'žluťoučký kůň',
	'...',
];

/** How each credential reads its addresses. */
const READERS: Record<string, (address: string) => string> = {
	'Meiro Events': (baseUrl) => baseUrlOf({ baseUrl }),
	'Meiro CDP': (baseUrl) => addressOf({ baseUrl }, 'cdp'),
	'Audience API': (audienceUrl) => addressOf({ audienceUrl }, 'audience'),
	'Meiro Pipes': (pipesUrl) => addressOf({ pipesUrl }, 'pipes'),
	Klaviyo: (baseUrl) => klaviyoAddressOf({ baseUrl }),
};

const HOSTILE = [...WITH_LOGIN, ...WITH_QUERY, ...OTHER_SCHEMES, ...PLAIN_HTTP, ...METADATA];

export const ADDRESS_ATTACKS: AttackGroup = {
	name: 'addresses of credentials',
	attacks: () =>
		Object.entries(READERS).flatMap(([whose, read]) =>
			HOSTILE.map((address) => ({ what: `${whose}: ${address}`, succeeds: () => isTaken(() => read(address)) })),
		),
	honest: () =>
		Object.values(READERS).every((read) => read('https://me.example/ingest/') === 'https://me.example/ingest')
		&& baseUrlOf({ baseUrl: 'http://10.0.0.1', allowHttp: true } as ICredentialDataDecryptedObject) === 'http://10.0.0.1',
};

export const SOURCE_ATTACKS: AttackGroup = {
	name: 'sources that climb or disguise themselves',
	attacks: () =>
		(['meiroEvents', 'meiroPipes'] as const).flatMap((product) =>
			[...CLIMBING, ...DISGUISED].map((source) => ({
				what: `${product}: ${JSON.stringify(source)}`,
				succeeds: () => leadsElsewhere(product, source),
			})),
		),
	honest: () => !leadsElsewhere('meiroEvents', 'klaviyo') && draftOf('klaviyo').status === 'ready',
};

function isTaken(read: () => unknown): boolean {
	try {
		read();
		return true;
	} catch {
		return false;
	}
}

/** Whether an event of this source goes to another place than that source below the Base URL. */
function leadsElsewhere(product: Target['product'], source: string): boolean {
	const draft = draftOf(source);
	if (draft.status !== 'ready') return false;
	const url = new URL(requestUrl(targetFor(product), draft.event.source, 'placed_order'));
	const root = product === 'meiroPipes' ? '/ingest/collect/' : '/ingest/';
	const query = product === 'meiroPipes' ? '' : '?event_name=placed_order';
	const path = url.pathname.slice(root.length).split('/').map(decodeURIComponent).join('/');
	return (
		url.origin !== 'https://me.example' ||
		url.username !== '' ||
		url.hash !== '' ||
		url.search !== query ||
		!url.pathname.startsWith(root) ||
		path !== draft.event.source
	);
}

export function targetFor(product: Target['product']): Target {
	return { product, baseUrl: BASE_URL, timeoutMs: 1_000, batchSize: 1, maxRequestBytes: 1_000_000 };
}

export const BASE_URL = 'https://me.example/ingest';

export function draftOf(source: string) {
	const item: IDataObject = {
		event_id: 'id-1',
		event_name: 'placed_order',
		event_time: '2031-02-03T04:05:06Z',
		profile: { email: 'ana@shop.example' },
	};
	return buildEvent(item, { ...AUTOMATIC, source });
}
