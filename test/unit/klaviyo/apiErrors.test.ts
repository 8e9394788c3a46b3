import { explainProblem } from '../../../nodes/Klaviyo/api/explainRefusal';

const error = (detail: string, source?: object) => ({
	errors: [{ code: 'x', title: 'x', detail, source }],
});

describe('what Klaviyo refuses', () => {
	it.each([
		[401, 'Incorrect authentication credentials.', /does not know the 'Private API Key'/],
		[403, 'You must have Advanced KDP enabled to use this endpoint.', /Advanced KDP/],
		[403, 'No permission.', /lacks a scope: this needs flows:write/],
		[410, 'Gone.', /Update the package/],
		[429, 'Request was throttled.', /slow down/],
		[500, 'Server error.', /problem of its own \(500\)/],
		[400, 'Name is too long.', /refused the request \(400\): Name is too long\./],
	])('with %i is told with what to do: %s', (status, detail, sentence) => {
		expect(explainProblem(status, error(detail), 'flows:write').sentence).toMatch(sentence);
	});

	it('names the place that Klaviyo objects to', () => {
		const body = error('Not a valid id.', { pointer: '/data/attributes/definition/triggers/0/id' });
		expect(explainProblem(400, body, '').sentence).toContain(
			'(/data/attributes/definition/triggers/0/id)',
		);
	});

	it.each([[null], ['<html>'], [{}], [{ errors: 'none' }], [{ errors: [] }]])(
		'is told even when the answer has no reason in it: %p',
		(body) => {
			expect(explainProblem(400, body, '').sentence).toBe(
				'Klaviyo refused the request (400): without a reason',
			);
		},
	);
});

describe('the parameter that Klaviyo objects to', () => {
	const labels = {
		filter: 'Filters',
		id: 'Campaign',
		'/data/attributes/properties': 'Properties',
		'/data/attributes/properties/birthday': 'Birthday',
		'/data/attributes/profiles/data/*/attributes/email': 'Email',
	};
	const sentence = (source: object, status = 400) =>
		explainProblem(status, error('It is wrong.', source), '', labels).sentence;

	it.each([
		['a parameter', { parameter: 'filter' }, 'Filters'],
		['a place in the body', { pointer: '/data/attributes/properties' }, 'Properties'],
		['a place below it', { pointer: '/data/attributes/properties/shoe/size' }, 'Properties'],
		['the closest of two', { pointer: '/data/attributes/properties/birthday' }, 'Birthday'],
		[
			'a place in a list',
			{ pointer: '/data/attributes/profiles/data/17/attributes/email' },
			'Email',
		],
	])('is named as in the editor: %s', (_, source, label) => {
		expect(sentence(source)).toBe(`Klaviyo refused '${label}' (400): It is wrong.`);
	});

	it.each([
		{ pointer: '/data/attributes/propertiesandmore' },
		{ pointer: '/data/attributes' },
		{ parameter: 'sort' },
	])('is named as Klaviyo does where the editor has none: %p', (source) => {
		const [place] = Object.values(source);
		expect(sentence(source)).toBe(`Klaviyo refused the request (400): It is wrong. (${place})`);
	});

	it('is the ID when Klaviyo has nothing by it', () => {
		expect(sentence({}, 404)).toMatch(/^Klaviyo has nothing by the ID in 'Campaign'/);
	});

	it('is told of each of several errors in the description', () => {
		const body = {
			errors: [...error('One.', { parameter: 'filter' }).errors, ...error('Two.').errors],
		};
		expect(explainProblem(400, body, '', labels).description).toBe("One. ('Filters') Two.");
	});
});

describe('a duplicate', () => {
	it('is told with its ID', () => {
		const body = {
			errors: [
				{
					code: 'duplicate_profile',
					detail: 'A profile already exists with one of these identifiers.',
					source: { pointer: '/data/attributes' },
					meta: { duplicate_profile_id: '01JZ0000000000000000000001' },
				},
			],
		};
		expect(explainProblem(409, body, '').sentence).toContain('profile 01JZ0000000000000000000001');
	});

	it('of something else is told in Klaviyo’s words', () => {
		expect(explainProblem(409, error('A tag of that name exists.'), '').sentence).toBe(
			'Klaviyo refused the request (409): A tag of that name exists.',
		);
	});
});

describe('a huge answer', () => {
	const huge = 'x'.repeat(2_000_000);

	it.each([
		['detail', { detail: huge }],
		['title', { title: huge }],
		['place', { detail: 'Wrong.', source: { pointer: huge } }],
		['detail at a place with a name', { detail: huge, source: { parameter: 'filter' } }],
		['profile', { detail: 'Taken.', meta: { duplicate_profile_id: huge } }],
		['list of words', { detail: [huge, huge] as never }],
	])('is clipped: %s', (_, problem) => {
		for (const status of [400, 404, 409, 422]) {
			const { sentence, description = '' } = explainProblem(status, { errors: [problem] }, '', {
				filter: 'Filters',
			});
			expect(sentence.length).toBeLessThan(600);
			expect(description.length).toBeLessThan(600);
		}
	});
});
