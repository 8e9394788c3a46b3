import type { ICredentialTestRequest } from 'n8n-workflow';

const REDIRECTS = [301, 302, 303, 307, 308];
/** A proxy, or the service itself, has a bad moment. */
export const UNAVAILABLE = [502, 503, 504];

/**
 * What a credential's test says of an answer, by its status: n8n shows the bare name of any other.
 *
 * @param field of the address, as the editor shows it
 */
export function testRules(
	field: string,
	own: Record<number, string>,
): NonNullable<ICredentialTestRequest['rules']> {
	const elsewhere = `The address in '${field}' redirects elsewhere. Enter the address that it leads to.`;
	const later = (status: number) =>
		`The service at '${field}' is not available now (${status}). That says nothing of the login: try again later.`;
	const messages = new Map<number, string>([
		...REDIRECTS.map((status): [number, string] => [status, elsewhere]),
		...UNAVAILABLE.map((status): [number, string] => [status, later(status)]),
		...Object.entries(own).map(([status, message]): [number, string] => [Number(status), message]),
	]);
	return [...messages].map(([value, message]) => ({
		type: 'responseCode',
		properties: { value, message },
	}));
}
