import { isPlaceholder } from '../../../nodes/shared/event/placeholders';

describe('a text that stands for nothing', () => {
	it.each([
		...[
			'',
			' ',
			'0',
			'00',
			'0.0',
			'0,00',
			'-0',
			'-',
			'--',
			'—',
			'.',
			'…',
			'?',
			'""',
			"''",
			'#',
			'_',
		],
		...['00000000-0000-0000-0000-000000000000', 'FFFFFFFF-ffff-ffff-ffff-ffffffffffff'],
		...['None', 'NONE', 'null', 'NULL', ' nil ', 'undefined', 'NaN', '[object Object]', '-1'],
		...['n/a', 'N/A', '#N/A', 'NA', '(not set)', 'Not Available', 'tbd'],
		...['[object Undefined]', '(none)', 'Infinity', 'Guest User', 'not provided', 'unset'],
		...['guest', 'Guest', 'anonymous', 'Unknown', 'true', 'False', 'yes', 'no', 'default'],
		...['not_set', 'Not-Set', '<undefined>', '[null]', '["None"]', 'guest_user', 'no value', '０'],
		...['null null', 'none@none', 'undefined@undefined', 'N/A@N/A'],
		...['Gast', 'invité', 'Invite\u0301', 'unbekannt', 'neznámý', 'ゲスト', 'гость'],
		...['null@null.com', 'NONE@none.example', 'n/a@na.com', 'noemail@noemail.com', '[deleted]'],
		...['Redacted', 'anônimo', 'неизвестно', '匿名', '익명', 'ukendt', 'nieznany', 'άγνωστο'],
		...['[[id]]', '<%= user.id %>', '{customer_id}', '#{id}', '%%id%%', '#REF!', '#NAME?'],
		...['{{ person.id }}', '{% person_id %}', '${id}', '%recipient.id%', '*|UNIQID|*'],
	])('%j is no ID', (text) => {
		expect(isPlaceholder(text)).toBe(true);
	});

	it.each([
		...[
			'1',
			'10',
			'007',
			'1001',
			'-10',
			'0x1f',
			'c-1',
			'guest-1001',
			'nonesuch',
			'Ana',
			'é',
			'客',
			'٣',
		],
		...['{5f3c9b1e-0000-4000-8000-abcdefabcdef}', '{abcdefabcdefabcdefabcdefabcdefab}'],
		...['guest@guest.example', 'null@shop.example', 'ana@none.com', 'Ana Ana', 'none-1', '#1001'],
		...['01JZ0000000000000000000000', '00000000-0000-0000-0000-000000000001', 'ana@shop.example'],
		...['+420600000001', 'order {{ 5 }}', 'unknown@shop.example', '100%'],
	])('%j is one', (text) => {
		expect(isPlaceholder(text)).toBe(false);
	});

	it('can be added', () => {
		const own = new Set(['pokladna']);
		expect(isPlaceholder(' Pokladna ', own)).toBe(true);
		expect(isPlaceholder('pokladna')).toBe(false);
	});
});
