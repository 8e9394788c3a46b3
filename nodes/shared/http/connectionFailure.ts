/** What a failed connection says of itself, wherever in the chain of causes it stands. */
export interface ConnectionFailure {
	/** Node's or TLS' code, e.g. ECONNREFUSED. */
	code?: string;
	message: string;
}

const MAX_CAUSES = 5;

/**
 * Finds the code of a failed request: n8n wraps the HTTP client's error, which wraps the socket's. The wrapper of n8n 2.20
 * keeps no cause, and has the code under `httpCode` alone.
 */
export function connectionFailureOf(error: unknown): ConnectionFailure {
	let code: string | undefined;
	let current: unknown = error;
	for (let i = 0; i < MAX_CAUSES && typeof current === 'object' && current !== null; i++) {
		const { code: own, httpCode, cause } = current as Record<string, unknown>;
		const found = [own, httpCode].find((one) => typeof one === 'string' && !/^\d+$/.test(one));
		if (found !== undefined) code = found as string;
		current = cause;
	}
	return { code, message: error instanceof Error ? error.message : String(error) };
}

/**
 * One sentence on a failed connection that names the field to look at. It has no error codes that n8n
 * knows: where it finds one in a message, it puts a general sentence of its own in the message's place.
 */
export function explainConnectionFailure(failure: ConnectionFailure, field: string): string {
	switch (failure.code) {
		case 'ECONNREFUSED':
			return `Nothing listens at the address in '${field}': the connection was refused. Check host and port, and that the service runs.`;
		case 'ENOTFOUND':
		case 'EAI_AGAIN':
			return `The host in '${field}' can't be found. Check its spelling, and that n8n's machine can look up names.`;
		case 'ECONNABORTED':
		case 'ETIMEDOUT':
			return `The server in '${field}' gave no answer in time. Raise 'Timeout (Seconds)' in the credential, or check the network between n8n and the server.`;
		case 'ECONNRESET':
		case 'EPIPE':
		case 'ERR_BAD_RESPONSE':
		case 'UND_ERR_SOCKET':
			return `The server in '${field}' cut the connection off before it answered.`;
		case 'EPROTO':
		case 'ERR_SSL_WRONG_VERSION_NUMBER':
			return `The server in '${field}' does not speak HTTPS at this address. Check the port, and whether the address begins with https:// or http://.`;
		case 'CERT_HAS_EXPIRED':
		case 'DEPTH_ZERO_SELF_SIGNED_CERT':
		case 'SELF_SIGNED_CERT_IN_CHAIN':
		case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
		case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
		case 'ERR_TLS_CERT_ALTNAME_INVALID':
			return `The certificate of the host in '${field}' can't be trusted. Check the host name and the certificate.`;
		default:
			return `The server in '${field}' could not be reached: ${failure.message}`;
	}
}
