import type { FastifyInstance } from 'fastify';
import { answerRequest, type Answer, type FaultContext } from './answering';
import { identifiersOf } from './collect';
import type { Store } from './store';
import type { Assumptions, Profile, ProfileOptions, ProfileRefusal } from './types';

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

const defaultRefusals: Required<Required<ProfileOptions>['refusals']> = {
	invalidToken: { status: 401, error: 'Invalid API token', code: 'INVALID_TOKEN' },
	unknownSlug: { status: 404, error: 'Unknown Profile API', code: 'NOT_FOUND' },
	invalidRequest: {
		status: 400,
		error: 'identifier_type and identifier_value are required',
		code: 'INVALID_REQUEST',
	},
	unknownProfile: { status: 404, error: 'Profile not found', code: 'PROFILE_NOT_FOUND' },
};

/**
 * `GET /profile-api/<slug>`: one profile by an identifier
 * (https://github.com/meiroio/mobile_sdk_flutter, its README).
 */
export function profileRoutes(
	server: FastifyInstance,
	options: ProfileOptions,
	stored: { store: Store; assumptions: Assumptions },
	faults: FaultContext,
): void {
	server.get<{ Params: { slug: string }; Querystring: Record<string, unknown> }>(
		'/profile-api/:slug',
		async (request, reply) =>
			await answerRequest(request, reply, faults, () =>
				answerProfile(request.params.slug, request.query, request.headers['x-api-token'], {
					...options,
					people: [...(options.people ?? defaultPeople), ...peopleOf(stored)],
				}),
			),
	);
}

/** A profile for each event; which of them are one person is not played, as the API is asked by one identifier. */
function peopleOf({ store, assumptions }: { store: Store; assumptions: Assumptions }): Profile[] {
	return store.list({ product: 'meiro_pipes' }).map(({ id, payload }) => ({
		profile_id: `prof_${id}`,
		identifiers: identifiersOf(
			JSON.parse(payload) as Parameters<typeof identifiersOf>[0],
			assumptions,
		).map(({ typeId: type, value }) => ({ type, value })),
		attributes: {},
		audiences: [],
	}));
}

function answerProfile(
	slug: string,
	{ identifier_type: type, identifier_value: value }: Record<string, unknown>,
	token: unknown,
	options: ProfileOptions & { people: Profile[] },
): Answer {
	const { slugs, tokens = [defaultProfileToken], people } = options;
	const refuse = (reason: ProfileRefusal): Answer => {
		const { status, ...body } = options.refusals?.[reason] ?? defaultRefusals[reason];
		return { status, body };
	};
	if (tokens.length > 0 && !tokens.includes(token as string)) return refuse('invalidToken');
	if (slugs && !slugs.includes(slug)) return refuse('unknownSlug');
	if (![type, value].every((text) => typeof text === 'string' && text !== '')) {
		return refuse('invalidRequest');
	}
	const profile = people.find(({ identifiers }) =>
		identifiers.some((one) => one.type === type && one.value === value),
	);
	if (!profile) return refuse('unknownProfile');
	const { profile_id, attributes, audiences } = profile;
	return { status: 200, body: { profile_id, attributes, audiences } };
}
