import { explainProblem } from '../../../nodes/Klaviyo/api/errors';

const error = (detail: string, source?: object) => ({ errors: [{ code: 'x', title: 'x', detail, source }] });

describe('what Klaviyo refuses', () => {
	it.each([
		[401, 'Incorrect authentication credentials.', /does not know the key/],
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
		expect(explainProblem(400, body, '').sentence).toContain('(/data/attributes/definition/triggers/0/id)');
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
