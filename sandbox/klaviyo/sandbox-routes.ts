// The control surface for people outside the process. Not Klaviyo's: everything under /_sandbox.
import type { FastifyPluginCallback } from 'fastify';

import type { Account } from './account';
import { FLOW_STATUSES, TRIGGER_TYPES } from './flows';
import type { Entry, Flow, NewFlow } from './types';

interface FlowParams {
	id: string;
}
interface FlowQuery {
	flow_id?: string;
}

const text = { type: 'string' } as const;
const maybeText = { type: ['string', 'null'] } as const;
const headers = { type: 'object', additionalProperties: text };

const newFlow = {
	type: 'object',
	required: ['name', 'webhook'],
	additionalProperties: false,
	properties: {
		id: text,
		name: text,
		status: { enum: FLOW_STATUSES },
		trigger_type: { enum: TRIGGER_TYPES },
		delayMs: { type: 'number', minimum: 0 },
		webhook: {
			type: 'object',
			required: ['url', 'body'],
			additionalProperties: false,
			properties: { url: text, body: text, headers },
		},
	},
};

const profile = {
	type: 'object',
	required: ['klaviyo_id'],
	additionalProperties: false,
	properties: {
		klaviyo_id: text,
		...Object.fromEntries(
			[
				...['external_id', 'email', 'phone_number', 'first_name', 'last_name', 'organization'],
				...['title', 'address1', 'city', 'region', 'country', 'zip', 'timezone', 'locale'],
			].map((name) => [name, maybeText]),
		),
		consent: { anyOf: [maybeText, { type: 'array', items: text }] },
		source: { type: ['number', 'string', 'null'] },
		properties: { type: 'object' },
	},
};

const event = {
	type: 'object',
	required: ['metric', 'time'],
	additionalProperties: false,
	properties: {
		metric: text,
		unique_id: maybeText,
		time: text,
		value: { type: ['number', 'null'] },
		value_currency: maybeText,
		properties: { type: 'object' },
	},
};

const entry = {
	type: 'object',
	required: ['profile'],
	additionalProperties: false,
	properties: { profile, event },
};

/** The routes under /_sandbox; header values of flows are masked in answers. */
export function sandboxRoutes(account: Account): FastifyPluginCallback {
	return (app, _options, done) => {
		app.post<{ Body: NewFlow }>(
			'/_sandbox/flows',
			{ schema: { body: newFlow } },
			async (request, reply) =>
				await reply.code(201).send(masked(account.createFlow(request.body))),
		);
		app.get('/_sandbox/flows', () => account.flows().map(masked));
		// One entry or an array; all of them enter or, when one is not right, none.
		app.post<{ Params: FlowParams; Body: Entry | Entry[] }>(
			'/_sandbox/flows/:id/entries',
			{ schema: { body: { anyOf: [entry, { type: 'array', items: entry }] } } },
			async ({ params, body }, reply) => {
				const entries = Array.isArray(body) ? body : [body];
				account.check(params.id, entries);
				const deliveries = entries.map((each) => account.enter(params.id, each));
				return await reply.code(202).send(Array.isArray(body) ? deliveries : deliveries[0]);
			},
		);
		app.post<{ Params: FlowParams; Body: Entry }>(
			'/_sandbox/flows/:id/preview',
			{ schema: { body: entry } },
			async ({ params, body }, reply) =>
				await reply.type('text/plain; charset=utf-8').send(account.preview(params.id, body)),
		);
		app.get<{ Querystring: FlowQuery }>('/_sandbox/deliveries', ({ query }) =>
			account.deliveries(query.flow_id),
		);
		app.get<{ Querystring: FlowQuery }>('/_sandbox/activity', ({ query }) =>
			account.activity(query.flow_id),
		);
		app.get('/_sandbox/state', () => account.state());
		done();
	};
}

// Klaviyo partly hides header values once they are saved; here they may be secrets in a log.
function masked(flow: Flow): Flow {
	const hidden = Object.entries(flow.webhook.headers).map(([name, value]) => [
		name,
		`${value.slice(0, 3)}…`,
	]);
	return { ...flow, webhook: { ...flow.webhook, headers: Object.fromEntries(hidden) } };
}
