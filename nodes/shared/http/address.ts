import ipaddr from 'ipaddr.js';
import { UserError, type IHttpRequestOptions } from 'n8n-workflow';

/** A field that holds an address. */
export interface AddressField {
	/** As the editor shows it, e.g. 'Base URL'. */
	label: string;
	/** Where it stands, e.g. 'Meiro CDP credential'. */
	owner: string;
	example: string;
	allowPrivate: boolean;
	/** The switch for it, where it has another name than in credentials. */
	privateSwitch?: string;
	/** 'Allow Unencrypted HTTP'; absent where there is none. */
	allowHttp?: boolean;
	/** What to do with a user name and password in the address; default: take them out. */
	authenticateBy?: string;
}

/**
 * An address that a user entered, checked, without a trailing slash.
 *
 * @throws UserError that names the field and says what to do
 */
export function checkedAddress(given: string, field: AddressField): string {
	const { label, owner, example, allowPrivate, allowHttp, authenticateBy = '' } = field;
	const where = `'${label}' of the ${owner}`;
	const text = given.trim();
	if (text === '') throw new UserError(`${where} is empty. Enter it, e.g. ${example}`);
	const url = URL.canParse(text) ? new URL(text) : null;
	if (url === null || isNoAddress(text, url))
		throw new UserError(`${where} is not a URL. Enter it with https://, e.g. ${example}`);
	if (url.username !== '' || url.password !== '') {
		throw new UserError(
			`${where} has a user name or password in it. Take them out${authenticateBy}.`,
		);
	}
	if (/[?#]/.test(text)) {
		throw new UserError(
			`${where} has a query (?) or fragment (#). Enter the address only; the rest is added to it.`,
		);
	}
	if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		throw new UserError(
			`${where} starts with '${url.protocol}'. Enter an address that starts with https://`,
		);
	}
	const reach = reachOf(url.hostname);
	if (url.protocol === 'http:' && !allowHttp && reach !== 'machine') {
		const unless = allowHttp === undefined ? '' : ", or switch on 'Allow Unencrypted HTTP'";
		throw new UserError(
			`${where} starts with http://, so all that is sent would go unencrypted, for others to read and change. Change it to https://${unless}.`,
		);
	}
	if (!allowPrivate && reach !== 'public') {
		const { privateSwitch = 'Allow Private Addresses' } = field;
		throw new UserError(
			`${where} leads to this machine or into a private network. Enter the public address of the service, e.g. ${example}, or, if it is there, switch on '${privateSwitch}'.`,
		);
	}
	return url.href.replace(/\/+$/, '');
}

/** What URLs take all the same: two addresses, a host and a port without https://, a placeholder in the host. */
function isNoAddress(text: string, { protocol, hostname }: URL): boolean {
	if (/:\/\/[^]*\s|^\w+:\/*\w+:\/\//.test(text)) return true;
	if (!/^https?:$/.test(protocol)) return !text.includes('://');
	return !/^(?:\[[\da-f:.]+\]|[\w-]+(?:\.[\w-]+)*\.*)$/i.test(hostname);
}

type Reach = 'public' | 'private' | 'machine';

/** By its spelling alone; where a public name leads is for n8n's own protection (N8N_SSRF_PROTECTION_ENABLED). */
function reachOf(hostname: string): Reach {
	const host = hostname.replace(/^\[|\]$/g, '').replace(/\.+$/, '');
	return ipaddr.isValid(host) ? reachOfAddress(ipaddr.process(host)) : reachOfName(host);
}

/** All that is given out to the public. */
const PUBLIC_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Azure's own services for a machine: a public address that never leaves the cloud. */
const AZURE_HOST = '168.63.129.16';

function reachOfAddress(address: ipaddr.IPv4 | ipaddr.IPv6): Reach {
	const range = address.range();
	if (range === 'loopback') return 'machine';
	const isGivenOut =
		address instanceof ipaddr.IPv6 ? address.match(PUBLIC_IPV6) : address.toString() !== AZURE_HOST;
	return range === 'unicast' && isGivenOut ? 'public' : 'private';
}

/**
 * Last parts of names that the public name system does not have: kept for private networks and tests (RFC 6761, 6762,
 * 8375, 9476, ICANN's .internal), never to be given out (.corp, .home, .mail: ICANN's resolution 2018.02.04.12), or
 * what routers, containers and habit give to inner names (RFC 6762, appendix G, and the like).
 */
const INNER_TOPS = new Set(
	[
		'alt arpa internal local localdomain localdomain4 localdomain6 localhost4 localhost6 localnet test',
		'corp corporate home homelab homenet intern intra intranet lan lcl loc mail priv private workgroup',
		'belkin bbrouter dlink gateway homestation router totolink wlan',
		'cluster consul docker dockerhost incus k8s kube kubernetes lxc lxd mesh nomad podman svc vagrant weave',
		'admin backend devel dmz domain inet infra inner inside lab mgmt nas',
		'lokal node onprem preprod server servers service staging stage srv sys uat vm vpn',
	]
		.join(' ')
		.split(' '),
);

/** Inner names below tops that are public. */
const INNER_NAMES = /(^|\.)(fritz\.box|metadata\.goog|metadata\.tencentyun\.com)$/;

function reachOfName(name: string): Reach {
	if (/(^|\.)localhost$/.test(name)) return 'machine';
	const [top = '', ...rest] = name.split('.').reverse();
	return rest.length === 0 || INNER_TOPS.has(top) || INNER_NAMES.test(name) ? 'private' : 'public';
}

/** What of a request says where it goes; n8n's HTTP Request node says `uri`. */
type Addressed = Partial<Pick<IHttpRequestOptions, 'baseURL' | 'url'>> & { uri?: string };

/** Where a request goes, joined as n8n's HTTP client joins it. */
export function addressOfRequest({ baseURL, url, uri }: Addressed): string {
	const address = String(url ?? uri ?? '');
	if (!baseURL || /^([a-z][a-z\d+.-]*:)?\/\//i.test(address)) return address;
	return address === '' ? baseURL : `${baseURL.replace(/\/+$/, '')}/${address.replace(/^\/+/, '')}`;
}

/** Whether an address lies at or below another: same origin, same beginning of the path. */
export function isWithin(address: string, base: string): boolean {
	if (!URL.canParse(address)) return false;
	// Parsed, so that '..' in the address can't lead out of the base.
	const { origin, pathname } = new URL(address);
	const parent = new URL(base);
	return (
		origin === parent.origin && `${pathname}/`.startsWith(`${parent.pathname.replace(/\/+$/, '')}/`)
	);
}
