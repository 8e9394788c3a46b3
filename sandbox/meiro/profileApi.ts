import type { FastifyInstance } from 'fastify';
import { answerRequest, type Answer, type FaultContext } from './answering';
import type { Profile, ProfileOptions } from './types';

export const defaultProfileToken = 'mppak_stand_in';

const defaultPeople: Profile[] = [
	{
		profile_id: 'prof_jana',
		identifiers: [
			{ type: 'email', value: 'jana@shop.example' },
			{ type: 'phone', value: '420600000001' },
		],
		attributes: { first_name: 'Jana', orders_count: 3 },
		audiences: ['vip'],
	},
];

/**
 * `GET /profile-api/<slug>`: one profile by an identifier
 * (https://github.com/meiroio/mobile_sdk_flutter, its README).
 */
export function profileRoutes(
	server: FastifyInstance,
	options: ProfileOptions,
	faults: FaultContext,
): void {
	server.get<{ Params: { slug: string }; Querystring: Record<string, unknown> }>(
		'/profile-api/:slug',
		async (request, reply) =>
			await answerRequest(request, reply, faults, () =>
				answerProfile(request.params.slug, request.query, request.headers['x-api-token'], options),
			),
	);
}

function answerProfile(
	slug: string,
	{ identifier_type: type, identifier_value: value }: Record<string, unknown>,
	token: unknown,
	{ slugs, tokens = [defaultProfileToken], people = defaultPeople }: ProfileOptions,
): Answer {
	if (tokens.length > 0 && !tokens.includes(token as string)) {
		return refusal(401, 'Invalid API token', 'INVALID_TOKEN');
	}
	if (slugs && !slugs.includes(slug)) return refusal(404, `Unknown slug '${slug}'`, 'NOT_FOUND');
	if (![type, value].every((text) => typeof text === 'string' && text !== '')) {
		return refusal(400, 'identifier_type and identifier_value are required', 'INVALID_REQUEST');
	}
	const profile = people.find(({ identifiers }) =>
		identifiers.some((one) => one.type === type && one.value === value),
	);
	if (!profile) return refusal(404, 'Profile not found', 'PROFILE_NOT_FOUND');
	const { profile_id, attributes, audiences } = profile;
	return { status: 200, body: { profile_id, attributes, audiences } };
}

function refusal(status: number, error: string, code: string): Answer {
	return { status, body: { error, code } };
}
