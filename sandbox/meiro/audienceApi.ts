import type { FastifyInstance } from 'fastify';
import { answerRequest, type Answer, type FaultContext } from './answering';
import type { AudienceOptions, Customer, Segment } from './types';

// https://docs.meiro.dev/docs/api/meiro-cdp-api/audience-api
const ownParameters = ['attribute', 'value', 'segment', 'tags[]'];
const customParametersLimit = 10;
const customNameLimit = 128;

/** `GET /wbs`: whether a person is in a segment, or with `tags[]` in which. It asks for no authentication. */
export function audienceRoutes(
	server: FastifyInstance,
	people: () => Customer[],
	segments: Segment[],
	options: AudienceOptions,
	faults: FaultContext,
): void {
	server.get<{ Querystring: Record<string, unknown> }>('/wbs', async (request, reply) => {
		return await answerRequest(request, reply, faults, () =>
			answerAudience(
				request.query,
				{ people: options.people ?? people(), segments, clientIp: request.ip },
				options,
			),
		);
	});
}

function answerAudience(
	query: Record<string, unknown>,
	{ people, segments, clientIp }: { people: Customer[]; segments: Segment[]; clientIp: string },
	{ returnedAttributes, invalidStatus = 400 }: AudienceOptions,
): Answer {
	const problem = findProblem(query);
	if (problem) return refusal(invalidStatus, problem);
	const { attribute, value, segment } = query as Record<string, string>;
	const person = people.find(({ attributes }) =>
		valuesOf(attributes, attribute ?? '').some((one) => String(one) === value),
	);
	if (!person) return refusal(404, 'customer not found');
	const tags = valuesOf(query, 'tags[]');
	if (tags.length > 0) {
		// Assumed: only segments that have one of the tags.
		const tagged = segments.filter((one) => one.tags?.some((tag) => tags.includes(tag)));
		const own = tagged.filter(({ id }) => person.segments?.includes(id));
		const segment_ids = own.map(({ id }) => id);
		return { status: 200, body: { status: 'ok', client_ip: clientIp, segment_ids } };
	}
	// Without a segment only custom queries run, which are not played: the person is known, no more.
	if (segment !== undefined && !person.segments?.includes(Number(segment))) {
		return refusal(404, 'customer not in segment');
	}
	const names = returnedAttributes ?? Object.keys(person.attributes);
	const returned = names.map((name) => [name, toReturned(person, name)]);
	return {
		status: 200,
		body: {
			status: 'ok',
			client_ip: clientIp,
			returned_attributes: {
				customer_entity_id: person.customer_entity_id,
				modified: person.modified ?? '2000-01-01 00:00:00',
				...(Object.fromEntries(returned) as Record<string, unknown>),
			},
			// What Meiro's queries of one's own give, which are not played.
			data: null,
			customer_entity_id: person.customer_entity_id,
		},
	};
}

function findProblem(query: Record<string, unknown>): string | null {
	for (const name of ['attribute', 'value']) {
		if (typeof query[name] !== 'string' || query[name] === '') return `${name} is required`;
	}
	const { segment } = query;
	if (segment !== undefined && (typeof segment !== 'string' || !/^\d{1,9}$/.test(segment))) {
		return 'segment must be an integer';
	}
	const custom = Object.keys(query).filter((name) => !ownParameters.includes(name));
	if (custom.length > customParametersLimit) {
		return `at most ${customParametersLimit} input parameters are allowed`;
	}
	const isTooLong = custom.some((name) => name.length > customNameLimit);
	return isTooLong ? `input parameters may have ${customNameLimit} characters` : null;
}

/** Values come as an array, null when there is none. */
function toReturned({ attributes }: Customer, name: string): unknown[] | null {
	const values = valuesOf(attributes, name);
	return values.length === 0 ? null : values;
}

function valuesOf(attributes: Customer['attributes'], name: string): unknown[] {
	const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
	return value === undefined || value === null ? [] : [value].flat();
}

function refusal(status: number, message: string): Answer {
	return { status, body: { status: 'error', message } };
}
