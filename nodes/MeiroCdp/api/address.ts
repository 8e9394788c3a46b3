import { UserError, type ICredentialDataDecryptedObject } from 'n8n-workflow';

/** Meiro's three APIs that the credential opens, each at an address of its own. */
export type MeiroApi = 'cdp' | 'audience' | 'pipes';

interface AddressField {
	property: string;
	/** As the credential shows it. */
	label: string;
	example: string;
}

export const ADDRESS_FIELDS: Record<MeiroApi, AddressField> = {
	cdp: { property: 'baseUrl', label: 'Base URL', example: 'https://example.meiro.io/api' },
	audience: {
		property: 'audienceUrl',
		label: 'Audience API URL',
		example: 'https://cdp.example.meiro.io',
	},
	pipes: { property: 'pipesUrl', label: 'Pipes URL', example: 'https://example.eu.pipes.meiro.io' },
};

/**
 * The address of one of Meiro's APIs, checked, without a trailing slash.
 *
 * @throws UserError that names the field and says what to do
 */
export function addressOf(credentials: ICredentialDataDecryptedObject, api: MeiroApi): string {
	const { property, label, example } = ADDRESS_FIELDS[api];
	const given = String(credentials[property] ?? '').trim();
	const field = `'${label}' of the Meiro CDP credential`;
	const url = URL.canParse(given) ? new URL(given) : null;
	if (given === '') throw new UserError(`${field} is empty. Enter it, e.g. ${example}`);
	if (url === null) {
		throw new UserError(`${field} is not a URL. Enter it with https://, e.g. ${example}`);
	}
	if (url.username !== '' || url.password !== '') {
		throw new UserError(`${field} has a user name or password in it. Take them out.`);
	}
	if (/[?#]/.test(given)) {
		throw new UserError(`${field} has a query (?) or fragment (#). Enter the address only.`);
	}
	if (url.protocol !== 'https:' && url.protocol !== 'http:') {
		throw new UserError(
			`${field} starts with '${url.protocol}'. Enter an address that starts with https://`,
		);
	}
	if (url.protocol === 'http:' && credentials.allowHttp !== true && !isLoopback(url.hostname)) {
		throw new UserError(
			`${field} starts with http://, which would send secrets and personal data unencrypted. Change it to https://, or switch on 'Allow Unencrypted HTTP' for an address inside your own network.`,
		);
	}
	return url.href.replace(/\/+$/, '');
}

/** Whether an address lies at or below another: same origin, same beginning of the path. */
export function isWithin(address: string, base: string): boolean {
	if (!URL.canParse(address)) return false;
	// Parsed, so that '..' in the address can't lead out of the base.
	const { origin, pathname } = new URL(address);
	const parent = new URL(base);
	return (
		origin === parent.origin &&
		`${pathname}/`.startsWith(`${parent.pathname.replace(/\/+$/, '')}/`)
	);
}

function isLoopback(hostname: string): boolean {
	return (
		hostname === 'localhost' ||
		hostname.endsWith('.localhost') ||
		hostname === '[::1]' ||
		/^127\.\d+\.\d+\.\d+$/.test(hostname)
	);
}
