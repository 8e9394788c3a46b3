import {
	UserError,
	type ICredentialDataDecryptedObject,
	type IDataObject,
	type IHttpRequestOptions,
} from 'n8n-workflow';

import { addressOfRequest, checkedAddress, isWithin } from '../../shared/http/address';
import { msOfSeconds } from '../../shared/http/retry';
import type { OutgoingEvent } from '../build/buildEvent';
import { pipes, rawPipes } from '../products/pipes';
import type { ProductWay } from '../products/productWay';
import { webhookSource } from '../products/webhookSource';

export type Product = 'meiroEvents' | 'meiroPipes';

/** What a Pipes source gets of an event: a transform of the user's own may want the event alone. */
export type PipesBody = 'envelope' | 'rawEvent';

/** Where events go, and how many may go at once. */
export interface Target {
	product: Product;
	/** Without a trailing slash. */
	baseUrl: string;
	timeoutMs: number;
	/** Events in one request. */
	batchSize: number;
	/** Largest body of a request. */
	maxRequestBytes: number;
	/** Default 'envelope'. */
	pipesBody?: PipesBody;
}

const DEFAULT_TIMEOUT_S = 10;

const PRODUCTS: Record<Product, ProductWay> = { meiroEvents: webhookSource, meiroPipes: pipes };

/** Meiro documents no limit: what collectors of this kind take, with room for 200 events of 5 kB. */
export const MAX_REQUEST_BYTES = 1_000_000;

export interface TargetLimits {
	/** 0 leaves it to the product. */
	batchSize: number;
	maxRequestBytes: number;
	/** Default 'envelope'. */
	pipesBody?: PipesBody;
}

/**
 * The target that a credential stands for.
 *
 * @throws UserError when the Base URL can't be used
 */
export function targetOf(
	credentials: ICredentialDataDecryptedObject,
	limits: TargetLimits,
): Target {
	const product: Product = credentials.product === 'meiroPipes' ? 'meiroPipes' : 'meiroEvents';
	return {
		product,
		baseUrl: baseUrlOf(credentials),
		timeoutMs: msOfSeconds(credentials.timeoutSeconds || undefined, DEFAULT_TIMEOUT_S * 1000),
		batchSize: Math.floor(limits.batchSize) || PRODUCTS[product].batchSize,
		maxRequestBytes: limits.maxRequestBytes,
		pipesBody: limits.pipesBody,
	};
}

/** The target in words, e.g. 'Meiro Pipes: klaviyo'. */
export function targetName({ product }: Target, source: string): string {
	return `${PRODUCTS[product].label}: ${source}`;
}

/**
 * The credential's base URL, checked.
 *
 * @throws UserError that names the field and says what to do
 */
export function baseUrlOf(credentials: ICredentialDataDecryptedObject): string {
	const baseUrl = checkedAddress(String(credentials.baseUrl ?? ''), {
		label: 'Base URL',
		owner: 'Meiro Events credential',
		example: 'https://me.example.meiro.io',
		allowPrivate: credentials.allowPrivate === true,
		allowHttp: credentials.allowHttp === true,
		authenticateBy: " and choose 'Authentication' Basic",
	});
	const { origin, hostname, pathname } = new URL(baseUrl);
	// At Meiro's own hosts nothing stands before the source; a gateway of the user's own may want a path.
	const isMeiros = /(^|\.)meiro\.io$/.test(hostname) && pathname !== '/';
	const [collect] =
		/\/collect(\/.*)?$/i.exec(credentials.product === 'meiroPipes' ? pathname : '') ?? [];
	if (!isMeiros && collect === undefined) return baseUrl;
	const rest = isMeiros ? '' : pathname.slice(0, -collect!.length);
	throw withSource(`${origin}${rest}`, collect ?? pathname);
}

/**
 * Refuses a Base URL at whose end the node's own source stands already, and a source that has Pipes' own part in it.
 *
 * @throws UserError that says what to enter where
 */
export function refuseSourceIn(
	{ baseUrl, product }: Pick<Target, 'baseUrl' | 'product'>,
	source: string,
): void {
	const [collect] = /^collect\/+/i.exec(product === 'meiroPipes' ? source : '') ?? [];
	if (collect !== undefined) {
		throw new UserError(
			`'Source' begins with ${collect}, which is put before it already. Enter ${source.slice(collect.length)} there.`,
		);
	}
	const { origin, pathname } = new URL(baseUrl);
	const path = pathname.replace(/\/+$/, '').toLowerCase();
	const end = `/${source.split('/').map(encodeURIComponent).join('/')}`.toLowerCase();
	if (!path.endsWith(end)) return;
	throw withSource(`${origin}${pathname.slice(0, path.length - end.length)}`, end);
}

function withSource(address: string, source: string): UserError {
	return new UserError(
		`'Base URL' of the Meiro Events credential ends in the source (${source}), so events would go to another address. Enter ${address} there, and the source in the node under 'Source'.`,
	);
}

/** Address of the request that carries events of this name. */
export function requestUrl(target: Target, source: string, eventName: string): string {
	const path = source.split('/').map(encodeURIComponent).join('/');
	return PRODUCTS[target.product].urlOf(target.baseUrl, path, eventName);
}

/** Where a source stands, without any event. */
export function sourceUrl(target: Target, source: string): string {
	return requestUrl(target, source, '').replace(/\?.*$/, '');
}

/** An event's part of a request's body; alone it is the body. */
export function eventBody(event: OutgoingEvent, target: Target): IDataObject {
	const isRaw = target.product === 'meiroPipes' && target.pipesBody === 'rawEvent';
	return (isRaw ? rawPipes : PRODUCTS[target.product]).bodyOf(event);
}

/**
 * Adds the credential's authentication to a request below its Base URL, to any other nothing.
 *
 * @throws UserError when the Base URL can't be used
 */
export function authorise(
	credentials: ICredentialDataDecryptedObject,
	request: IHttpRequestOptions,
): IHttpRequestOptions {
	if (!isWithin(addressOfRequest(request), baseUrlOf(credentials))) return request;
	const name = String(credentials.authName ?? '');
	const value = String(credentials.authSecret ?? '');
	switch (credentials.authentication) {
		case 'basic':
			return {
				...request,
				auth: {
					username: String(credentials.user ?? ''),
					password: String(credentials.password ?? ''),
				},
			};
		case 'header':
			return { ...request, headers: { ...request.headers, [name]: value } };
		case 'query':
			return { ...request, qs: { ...request.qs, [name]: value } };
		default:
			return request;
	}
}

/** What of the credential must be read nowhere, as it is sent. */
export function secretsOf({
	authentication,
	authSecret,
	user,
	password,
}: ICredentialDataDecryptedObject): string[] {
	switch (authentication) {
		case 'basic': {
			const login = `${String(user ?? '')}:${String(password ?? '')}`;
			return [String(password ?? ''), login, Buffer.from(login, 'utf8').toString('base64')];
		}
		case 'header':
		case 'query':
			return [String(authSecret ?? '')];
		default:
			return [];
	}
}
