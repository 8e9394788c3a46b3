// Each answer to what Meiro does not document, as the stand-in speaks it.
import { MEIRO_QUESTIONS } from '../../sandbox/meiro/dialect';
import type { MeiroDialect } from '../../sandbox/meiro';
import { call, cleanUp, envelope, logIn, post, start } from './meiro-client';

afterEach(cleanUp);

const speaking = async (dialect: Partial<MeiroDialect>) =>
	await start({ dialect, sources: ['klaviyo'], pipesSources: ['klaviyo'] });

it('has two answers or more to each question, and says where the first comes from', () => {
	for (const { values, source, means } of Object.values(MEIRO_QUESTIONS)) {
		expect(new Set(values).size).toBeGreaterThan(1);
		expect(source).toMatch(/unknown|https:/);
		expect(means).toMatch(/\.$/);
	}
});

describe('a collector', () => {
	it.each([
		['404', 404],
		['200', 200],
	] as const)(
		'answers %s for a source that there is none of, and keeps nothing',
		async (unknownSource, status) => {
			const meiro = await speaking({ unknownSource });
			expect((await post(meiro, '/typo?event_name=a', {})).status).toBe(status);
			expect((await post(meiro, '/collect/typo', envelope())).status).toBe(status);
			expect(meiro.count()).toBe(0);
		},
	);

	it.each([
		['201 json', 201, { status: 'ok' }],
		['202 json', 202, { accepted: true }],
		['204', 204, ''],
		['200 text', 200, 'OK'],
	] as const)('says yes by %s', async (success, status, body) => {
		const meiro = await speaking({ success });
		for (const [path, event] of [
			['/klaviyo?event_name=a', {}],
			['/collect/klaviyo', envelope()],
		] as const) {
			const answer = await post(meiro, path, event);
			expect([answer.status, answer.data]).toEqual([status, body]);
		}
		expect(meiro.count()).toBe(2);
	});

	it.each([
		['restTaken', 200, 1, true],
		['always2xx', 200, 1, true],
		['wholeUnnamed', 400, 0, false],
		['wholeNamed', 400, 0, true],
	] as const)('of a request with a bad event makes %s', async (refusals, status, kept, isNamed) => {
		const meiro = await speaking({ refusals });
		const bad = envelope({ event_time: 'yesterday' });
		const answer = await post(meiro, '/collect/klaviyo', [envelope(), bad]);
		expect(answer.status).toBe(status);
		expect(JSON.stringify(answer.data).includes('"index":1')).toBe(isNamed);
		expect(meiro.count()).toBe(kept);
		expect((await post(meiro, '/collect/klaviyo', bad)).status).toBe(
			refusals === 'always2xx' ? 200 : 400,
		);
	});

	it.each([
		['envelope', 2],
		['rules', 1],
	] as const)('of Pipes knows people by %s', async (pipesIdentifiers, kept) => {
		const meiro = await speaking({ pipesIdentifiers });
		for (const value of ['jana@shop.example', 'petr@shop.example']) {
			const profile = { email: 'same@shop.example' };
			const event = { identifiers: [{ typeId: 'email', value }], event_payload: { profile } };
			await post(meiro, '/collect/klaviyo', envelope(event));
		}
		expect(meiro.count()).toBe(kept);
	});

	it.each([
		['envelope', [200, 404]],
		['rules', [404, 200]],
	] as const)('of Pipes has a profile by %s', async (pipesIdentifiers, statuses) => {
		const meiro = await speaking({ pipesIdentifiers });
		const identifiers = [{ typeId: 'email', value: 'around@shop.example' }];
		const profile = { email: 'within@shop.example' };
		await post(meiro, '/collect/klaviyo', envelope({ identifiers, event_payload: { profile } }));
		const ask = async (email: string) =>
			(
				await call(meiro, 'GET', `/profile-api/x?identifier_type=email&identifier_value=${email}`, {
					headers: { 'X-API-Token': 'mppak_stand_in' },
				})
			).status;
		const found = [await ask('around@shop.example'), await ask('within@shop.example')];
		expect(found).toEqual(statuses);
	});

	it.each([
		['second', 1],
		['millisecond', 2],
		['microsecond', 3],
	] as const)('of Pipes knows times to the %s', async (pipesTimeKey, kept) => {
		const meiro = await speaking({ pipesTimeKey });
		for (const fraction of ['100000', '100001', '200000']) {
			await post(
				meiro,
				'/collect/klaviyo',
				envelope({ event_time: `2031-02-03T04:05:06.${fraction}Z` }),
			);
		}
		expect(meiro.count()).toBe(kept);
	});
});

describe('the CDP', () => {
	const event = (note: string) => ({
		...{ source_id: 'klaviyo', type: 'placed_order', version: '1-0-0', user_identifier: 'jana' },
		...{ event_time: '2031-02-03T04:05:06.100000Z', payload: { note } },
	});

	it.each([
		['skip', 201, ['first']],
		['409', 409, ['first']],
		['overwrite', 201, ['second']],
	] as const)('makes %s of an id that it has', async (cdpExistingId, status, notes) => {
		const meiro = await speaking({ cdpExistingId });
		const { api } = await logIn(meiro);
		await api('POST', '/customer_events/', { body: { customer_events: [event('first')] } });
		const again = await api('POST', '/customer_events/', {
			body: { customer_events: [event('second')] },
		});
		expect(again.status).toBe(status);
		const kept = meiro.cdp.customerEvents().map(({ payload }) => JSON.parse(payload) as unknown);
		expect(kept).toEqual(notes.map((note) => ({ note })));
		expect(meiro.count()).toBe(1);
	});
});
