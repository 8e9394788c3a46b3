import type { IDataObject, IExecuteFunctions } from 'n8n-workflow';

import { eventBody } from '../../nodes/MeiroEvents/delivery/target';
import {
	buildEvent,
	type Draft,
	type OutgoingEvent,
} from '../../nodes/MeiroEvents/build/buildEvent';
import { buildSettingsOf } from '../../nodes/MeiroEvents/meiroEventsSettings';
import { AUTOMATIC, MEIRO_EVENTS, PIPES } from '../unit/meiro/support/events';

/** Only JSON makes such a key: written in code, it would set the prototype. */
const hostile = (json: string) => JSON.parse(json) as IDataObject;

const PARAMETERS: IDataObject = {
	source: 'klaviyo',
	operation: 'send',
	eventFields: 'map',
	eventName: 'points_granted',
	eventTime: '2031-02-03T04:05:06Z',
	identifiers: { email: 'ana@shop.example' },
};

/** What the node makes of one item whose properties are assigned in the editor. */
function assigned(assignments: Array<{ name: string; value: unknown }>) {
	const parameters = { ...PARAMETERS, properties: { assignments } } as IDataObject;
	const context = {
		getTimezone: () => 'UTC',
		getNodeParameter: (name: string, _: number, fallback?: unknown) => parameters[name] ?? fallback,
	} as unknown as IExecuteFunctions;
	return buildEvent({}, buildSettingsOf(context, 0, AUTOMATIC.now));
}

function ready(draft: Draft): OutgoingEvent {
	if (draft.status !== 'ready') throw new Error(draft.reason);
	return draft.event;
}

afterEach(() => {
	expect(Object.keys(Object.prototype)).toEqual([]);
	expect(({} as Record<string, unknown>).polluted).toBeUndefined();
});

describe('a mapped property', () => {
	it('named __proto__ has the event rejected, with the parameter’s name', () => {
		expect(
			assigned([
				{ name: 'points', value: 50 },
				{ name: '__proto__', value: { polluted: true } },
			]),
		).toMatchObject({
			status: 'rejected',
			reason: expect.stringMatching(/__proto__.*'Properties'/),
		});
	});

	it('without a name is left out', () => {
		expect(ready(assigned([{ name: '', value: 1 }])).payload.properties).toEqual({});
	});

	it.each([
		'constructor',
		'prototype',
		'toString',
		'hasOwnProperty',
		'toJSON',
		'__defineSetter__',
		'then',
	])('named %s is a property like any other', (name) => {
		const { payload } = ready(assigned([{ name, value: 'x' }]));
		expect(Object.entries(payload.properties as IDataObject)).toEqual([[name, 'x']]);
		expect(JSON.parse(JSON.stringify(payload.properties))).toEqual({ [name]: 'x' });
	});

	it('whose value holds __proto__ can not give the event other properties', () => {
		const draft = assigned([
			{ name: 'cart', value: hostile('{"__proto__":{"polluted":true},"total":1}') },
		]);
		expect(draft).toMatchObject({
			status: 'rejected',
			reason: expect.stringMatching(/'properties.cart'/),
		});
	});
});

describe('an item taken as it is', () => {
	const item = (more: string) =>
		hostile(
			`{"event_id":"id-1","event_name":"placed_order","event_time":"2031-02-03T04:05:06Z","raw":"x",${more}}`,
		);

	it.each([
		['in itself', '"__proto__":{"profile":{"email":"eve@shop.example"}}'],
		['in its profile', '"profile":{"__proto__":{"email":"eve@shop.example"}}'],
		[
			'deep inside',
			'"profile":{"email":"a@shop.example"},"properties":{"a":[{"__proto__":{"x":1}}]}',
		],
	])('is rejected for a __proto__ %s', (_, more) => {
		expect(buildEvent(item(more), AUTOMATIC)).toMatchObject({
			status: 'rejected',
			reason: expect.stringMatching(/a field named __proto__/),
		});
	});

	it('becomes no test event through a __proto__', () => {
		const json = item('"profile":{"email":"ana@shop.example"},"__proto__":{"is_test":true}');
		expect(buildEvent(json, { ...AUTOMATIC, testEvents: 'drop' }).status).toBe('rejected');
	});

	it.each([MEIRO_EVENTS, PIPES])('goes out without anything inherited: %j', (target) => {
		const draft = ready(
			buildEvent(
				item('"profile":{"email":"ana@shop.example"},"constructor":{"prototype":{"x":1}}'),
				AUTOMATIC,
			),
		);
		const body = JSON.parse(JSON.stringify(eventBody(draft, target))) as IDataObject;
		const payload = target.product === 'meiroPipes' ? (body.event_payload as IDataObject) : body;
		expect(Object.keys(payload)).not.toContain('x');
		expect(payload.constructor).toEqual({ prototype: { x: 1 } });
	});
});
