// Addresses and sources that lead elsewhere than where Meiro or Klaviyo is.
import type { IDataObject } from 'n8n-workflow';

import { klaviyoAddressOf } from '../../../nodes/Klaviyo/api/klaviyoAddress';
import { addressOf } from '../../../nodes/MeiroCdp/api/cdpAddress';
import { buildEvent } from '../../../nodes/MeiroEvents/build/buildEvent';
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
	'https://metadata.google.internal..',
	'https://metadata',
	'https://[fd20:ce::254]',
	'https://168.63.129.16',
	'https://[::ffff:168.63.129.16]',
	// IPv4 in other IPv6 clothes, which translators take off on the way.
	'https://[64:ff9b::a9fe:a9fe]',
	'https://[64:ff9b:1::a9fe:a9fe]',
	'https://[2002:a9fe:a9fe::1]',
	'https://[::a9fe:a9fe]',
	'https://[::ffff:0:a9fe:a9fe]',
];

/** This machine and private networks, in all spellings. */
const PRIVATE_HOSTS = [
	'localhost.localdomain',
	'LOCALHOST.LocalDomain.',
	'klaviyo.default.svc',
	'klaviyo.default.svc.cluster.local',
	'api.pod.cluster',
	'nas.lan',
	'nas.LAN..',
	'nas。lan',
	'ｎａｓ．ｌａｎ',
	'n%61s.l%61n',
	'crm.corp',
	'crm.intranet',
	'box.home',
	'box.home.arpa',
	'1.0.0.10.in-addr.arpa',
	'db.private',
	'ip-10-0-0-1.ec2.internal',
	'ip-10-0-0-1.eu-west-1.compute.internal',
	'host.docker.internal',
	'redis.service.consul',
	'dc1.domain',
	'xn--bcher-kva.lan',
	'smtp.mail',
	'stand-in.test',
	'fritz.box',
	'metadata.goog',
	'10.0.0.1',
	'10.0.0.1.',
	'10.0.0.1..',
	'172.16.0.1',
	'172.31.255.255',
	'192.168.1.1',
	'192.168.1.1:8443',
	'100.64.0.1',
	'0.0.0.0',
	'0',
	'198.18.0.1',
	'240.0.0.1',
	'255.255.255.255',
	'0x0a000001',
	'012.0.0.1',
	'167772161',
	'10.1',
	'１０.0.0.1',
	'127.0.0.1',
	'127.0.0.1:6379',
	'127.1',
	'2130706433',
	'[::]',
	'[::1]',
	'[0:0:0:0:0:0:0:1]',
	'[::2]',
	'[::10.0.0.1]',
	'[::ffff:10.0.0.1]',
	'[::ffff:127.0.0.1]',
	'[::ffff:7f00:1]',
	'[fc00::1]',
	'[fd12::1]',
	'[fec0::1]',
	'[ff02::1]',
	'[2001:db8::1]',
	'localhost',
	'LOCALHOST',
	'localhost.',
	'localhost..',
	'x.localhost',
	'x.localhost.',
	'meiro',
	'redis.',
	'ip-10-0-0-1.ec2.internal',
	'db.internal.',
	'printer.local',
	'router.home.arpa',
];

export const PRIVATE = PRIVATE_HOSTS.map((host) => `https://${host}/ingest`);
export const PRIVATE_HTTP = PRIVATE_HOSTS.map((host) => `http://${host}/ingest`);

/** Near a private range or name, but not in it. */
export const PUBLIC = [
	'https://9.255.255.255',
	'https://11.0.0.1',
	'https://172.15.255.255',
	'https://172.32.0.1',
	'https://192.167.1.1',
	'https://100.63.255.255',
	'https://168.63.129.17',
	'https://[2606:4700::6810:1]',
	'https://localhost.example',
	'https://internal.example',
	'https://10.0.0.1.example',
	'https://me.example.',
	'https://lan.example',
	'https://corp.example',
	'https://svc.cluster.local.example',
	'https://example.plan',
	'https://example.xn--lan-',
	'https://me.box',
	'https://notfritz.box',
	'https://shop.homes',
	'https://shop.services',
	'https://shop.network',
	'https://shop.host',
	'https://shop.dev',
	'https://xn--bcher-kva.example',
];

/** Sources that climb out of the Base URL. */
export const CLIMBING = [
	'.',
	'..',
	'../admin',
	'a/../b',
	'a/..',
	'./a',
	'a/./b',
	'/../',
	'/..',
	' ../a ',
	'a/../../..',
];

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

/** The switches beside an address. */
export interface Consent {
	allowPrivate?: boolean;
	allowHttp?: boolean;
}

type Reader = (address: string, consent?: Consent) => string;

/** How each credential reads its addresses. */
export const CREDENTIAL_READERS: Record<string, Reader> = {
	'Meiro Events': (baseUrl, consent) => baseUrlOf({ baseUrl, ...consent }),
	'Meiro CDP': (baseUrl, consent) => addressOf({ baseUrl, ...consent }, 'cdp'),
	'Audience API': (audienceUrl, consent) => addressOf({ audienceUrl, ...consent }, 'audience'),
	'Meiro Pipes': (pipesUrl, consent) => addressOf({ pipesUrl, ...consent }, 'pipes'),
	Klaviyo: (baseUrl, consent) => klaviyoAddressOf({ baseUrl, ...consent }),
};

/** What must not be taken by any address field, with no more consent than this. */
const HOSTILE: Array<{ addresses: string[]; consent: Consent }> = [
	{
		addresses: [...WITH_LOGIN, ...WITH_QUERY, ...OTHER_SCHEMES],
		consent: { allowPrivate: true, allowHttp: true },
	},
	{ addresses: [...PLAIN_HTTP, ...METADATA, ...PRIVATE, ...PRIVATE_HTTP], consent: {} },
	{ addresses: PLAIN_HTTP, consent: { allowPrivate: true } },
	{ addresses: [...METADATA, ...PRIVATE, ...PRIVATE_HTTP], consent: { allowHttp: true } },
	// n8n stores what an expression gives, and that may be a text.
	{ addresses: [...METADATA, ...PRIVATE], consent: { allowPrivate: 'false' } as never },
];

function honestAddresses(): boolean {
	const takes = (readers: Record<string, Reader>, addresses: string[], consent?: Consent) =>
		Object.values(readers).every((read) =>
			addresses.every((address) => isTaken(() => read(address, consent))),
		);
	return (
		Object.values(CREDENTIAL_READERS).every(
			(read) => read('https://me.example/ingest/') === 'https://me.example/ingest',
		) &&
		takes(CREDENTIAL_READERS, PUBLIC) &&
		takes(CREDENTIAL_READERS, [...METADATA, ...PRIVATE, 'http://127.0.0.1:4300'], {
			allowPrivate: true,
		}) &&
		takes(CREDENTIAL_READERS, PRIVATE_HTTP, { allowPrivate: true, allowHttp: true })
	);
}

export const ADDRESS_ATTACKS: AttackGroup = {
	name: 'addresses of credentials',
	attacks: () =>
		Object.entries(CREDENTIAL_READERS).flatMap(([whose, read]) =>
			HOSTILE.flatMap(({ addresses, consent }) =>
				addresses.map((address) => ({
					what: `${whose}: ${address}, ${JSON.stringify(consent)}`,
					succeeds: () => isTaken(() => read(address, consent)),
				})),
			),
		),
	honest: honestAddresses,
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
