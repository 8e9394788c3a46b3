import type { ProfileOptions } from '../../sandbox/meiro';
import { call, cleanUp, start } from './meiro-client';

afterEach(cleanUp);

const people = [
	{
		profile_id: 'p1',
		identifiers: [
			{ type: 'email', value: 'jana@shop.example' },
			{ type: 'user_id', value: '7' },
		],
		attributes: { first_name: 'Jana' },
		audiences: ['vip'],
	},
];
const email = 'identifier_type=email&identifier_value=jana%40shop.example';

async function ask(path: string, token?: string, profiles: ProfileOptions = { people }) {
	const meiro = await start({ profiles });
	const headers = token === undefined ? undefined : { 'X-API-Token': token };
	const { status, data } = await call(meiro, 'GET', `/profile-api/${path}`, { headers });
	return [status, data];
}

describe('the Profile API', () => {
	it.each([email, 'identifier_type=user_id&identifier_value=7'])(
		'answers the profile that has the identifier %s',
		async (query) => {
			expect(await ask(`web?${query}`, 'mppak_stand_in')).toEqual([
				200,
				{ profile_id: 'p1', attributes: { first_name: 'Jana' }, audiences: ['vip'] },
			]);
		},
	);

	it.each([
		['an unknown identifier', 'identifier_type=email&identifier_value=x', 404],
		['a value of another type', 'identifier_type=email&identifier_value=7', 404],
		['no identifier_value', 'identifier_type=email', 400],
		['an empty identifier_type', 'identifier_type=&identifier_value=7', 400],
	])('answers an error and a code to %s', async (_what, query, status) => {
		expect(await ask(`web?${query}`, 'mppak_stand_in')).toEqual([
			status,
			{ error: expect.any(String), code: expect.any(String) },
		]);
	});

	it.each([undefined, 'mppak_other'])('refuses the token %s', async (token) => {
		const refusal = { error: expect.any(String), code: expect.any(String) };
		expect(await ask(`web?${email}`, token)).toEqual([401, refusal]);
	});

	it('takes the tokens that it was given, and none when it has none', async () => {
		expect(await ask(`web?${email}`, 'b', { people, tokens: ['a', 'b'] })).toMatchObject([200, {}]);
		expect(await ask(`web?${email}`, undefined, { people, tokens: [] })).toMatchObject([200, {}]);
	});

	it('refuses in the words that are assumed', async () => {
		const unknownProfile = { status: 410, error: 'Gone', code: 'E7' };
		const profiles = { people: [], refusals: { unknownProfile } };
		const { status, ...body } = unknownProfile;
		expect(await ask(`web?${email}`, 'mppak_stand_in', profiles)).toEqual([status, body]);
		expect((await ask('web', 'mppak_stand_in', profiles))[0]).toBe(400);
	});

	it('knows the slugs that it was given only', async () => {
		const profiles = { people, slugs: ['web'] };
		expect((await ask(`web?${email}`, 'mppak_stand_in', profiles))[0]).toBe(200);
		expect((await ask(`app?${email}`, 'mppak_stand_in', profiles))[0]).toBe(404);
	});
});
