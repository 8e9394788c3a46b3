import ipaddr from 'ipaddr.js';
import { UserError } from 'n8n-workflow';

/** A field of a credential that holds an address. */
export interface AddressField {
	/** As the credential shows it, e.g. 'Base URL'. */
	label: string;
	/** E.g. 'Meiro CDP'. */
	credential: string;
	example: string;
	/** The credential's 'Allow Unencrypted HTTP'; absent where it has none. */
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
	const { label, credential, example, allowHttp, authenticateBy = '' } = field;
	const where = `'${label}' of the ${credential} credential`;
	const text = given.trim();
	if (text === '') throw new UserError(`${where} is empty. Enter it, e.g. ${example}`);
	const url = URL.canParse(text) ? new URL(text) : null;
	if (url === null) throw new UserError(`${where} is not a URL. Enter it with https://, e.g. ${example}`);
	if (url.username !== '' || url.password !== '') {
		throw new UserError(`${where} has a user name or password in it. Take them out${authenticateBy}.`);
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
	const unless = allowHttp === undefined ? '' : ", or switch on 'Allow Unencrypted HTTP' for an address inside your own network";
	if (url.protocol === 'http:' && !allowHttp && !isLoopback(url.hostname)) {
		throw new UserError(
			`${where} starts with http://, which would send secrets and personal data unencrypted. Change it to https://${unless}.`,
		);
	}
	if (!allowHttp && isOfTheMachine(url.hostname)) {
		throw new UserError(
			`${where} names an address at which clouds keep the secrets of their machines (link-local). Enter the address of the service, e.g. ${example}${unless}.`,
		);
	}
	return url.href.replace(/\/+$/, '');
}

function isLoopback(hostname: string): boolean {
	return (
		hostname === 'localhost' ||
		hostname.endsWith('.localhost') ||
		hostname === '[::1]' ||
		/^127\.\d+\.\d+\.\d+$/.test(hostname)
	);
}

/** Where clouds answer a machine with its own secrets, outside the link-local ranges: Amazon's IPv6, Alibaba, Google. */
const METADATA_HOSTS = new Set(['[fd00:ec2::254]', '100.100.100.200', 'metadata.google.internal']);

/** By its spelling alone; a name that leads there is for n8n's own protection (N8N_SSRF_PROTECTION_ENABLED). */
function isOfTheMachine(hostname: string): boolean {
	if (METADATA_HOSTS.has(hostname.replace(/\.$/, ''))) return true;
	const address = hostname.replace(/^\[|\]$/g, '');
	return ipaddr.isValid(address) && ipaddr.process(address).range() === 'linkLocal';
}
