import { strongestProfileId } from '../../../nodes/shared/event/contract';

describe('the strongest id of a person', () => {
	const all = {
		external_id: 'c-1',
		email: 'ana@shop.example',
		phone_number: '+420',
		klaviyo_id: '01H',
	};

	it.each([
		[all, 'external_id:c-1'],
		[{ ...all, external_id: undefined }, 'email:ana@shop.example'],
		[{ phone_number: '+420', klaviyo_id: '01H' }, 'phone_number:+420'],
		[{ klaviyo_id: '01H' }, 'klaviyo_id:01H'],
		[{ ...all, external_id: '' }, 'email:ana@shop.example'],
	])('of %j is %s', (profile, id) => {
		expect(strongestProfileId(profile)).toBe(id);
	});

	it.each([{}, { email: '' }, { email: null }, { email: ['a@b.example'] }, { name: 'Ana' }])(
		'of %j is none',
		(profile) => {
			expect(strongestProfileId(profile)).toBeNull();
		},
	);

	it('is the same for an e-mail in capitals, and for no other id', () => {
		expect(strongestProfileId({ email: 'ANA@Shop.example' })).toBe('email:ana@shop.example');
		expect(strongestProfileId({ external_id: 'C-1' })).toBe('external_id:C-1');
	});

	it('never mistakes one kind of id for another', () => {
		expect(strongestProfileId({ external_id: 'x' })).not.toBe(strongestProfileId({ email: 'x' }));
	});
});
