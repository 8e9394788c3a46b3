// Some 300 deliveries as Klaviyo's flow webhooks bring them: always the same, made by no code of the package.
export interface GivenDelivery {
	name: string;
	body: string;
	headers?: Record<string, string>;
	parameters?: Record<string, unknown>;
}

type Dict = Record<string, unknown>;

const base64 = (text: string) => Buffer.from(text).toString('base64');
const KLAVIYO_ID = '01JZ00000000000000000000AB';

const STARTS: Record<string, Dict> = {
	placedOrder: { event_name: 'placed_order', trigger_type: 'metric', metric: 'Placed Order' },
	anyMetric: { trigger_type: 'metric', metric: 'Viewed Product' },
	cart: {
		event_name: 'cart_abandoned',
		delay: '4 hours',
		trigger_type: 'metric',
		metric: 'Started Checkout',
	},
	winBack: {
		event_name: 'winback_due',
		delay: '60 days',
		trigger_type: 'metric',
		metric: 'Placed Order',
	},
	review: { event_name: 'review_submitted', trigger_type: 'metric', metric: 'Submitted review' },
	list: {
		event_name: 'subscribed_to_list',
		trigger_type: 'list',
		list: { id: 'LIST01', name: 'Newsletter' },
	},
	segment: { event_name: 'joined_segment', trigger_type: 'segment', segment: { name: 'VIP' } },
	birthday: { event_name: 'birthday', trigger_type: 'date' },
};

const PEOPLE: Record<string, Dict> = {
	whole: {
		klaviyo_id: KLAVIYO_ID,
		external_id_base64: base64('customer-1001'),
		email_base64: base64('Ana@Shop.example'),
		phone_number_base64: base64('+420600000001'),
		first_name_base64: base64('Ana "A."'),
		last_name_base64: base64('Žluťoučká'),
	},
	emailOnly: {
		klaviyo_id: '',
		external_id_base64: '',
		email_base64: base64('ana@shop.example'),
		phone_number_base64: '',
		first_name_base64: '',
		last_name_base64: '',
	},
	saysNone: {
		klaviyo_id: 'None',
		external_id_base64: base64('None'),
		email_base64: base64('ana@shop.example'),
		phone_number_base64: base64('None'),
		first_name_base64: base64('None'),
		last_name_base64: base64(''),
	},
	plain: { email: 'ana@shop.example', phone_number: '+420 600 000 001', external_id: 'c-1' },
};

const OCCURRENCES: Record<string, Dict> = {
	ownId: {
		$event_id_base64: base64('1001'),
		$value: '41.5',
		$value_currency: 'EUR',
		OrderId_base64: base64('1001'),
	},
	second: { $event_id_base64: base64('1927886706'), $value: '', $value_currency: '' },
	without: {
		$event_id_base64: '',
		$value: '99',
		$value_currency: '',
		ProductName_base64: base64('Desk Lamp'),
	},
};

/** The bodies that the panel shows, rendered for each person and each kind of event. */
function recommended(): GivenDelivery[] {
	return Object.entries(STARTS).flatMap(([start, facts]) =>
		Object.entries(PEOPLE).flatMap(([who, profile]) =>
			Object.entries(facts.trigger_type === 'metric' ? OCCURRENCES : { none: null }).map(
				([what, event]) => ({
					name: `recommended ${start} ${who} ${what}`,
					headers: { 'x-klaviyo-flow-id': 'RepFlw' },
					body: JSON.stringify({
						step: '1',
						...facts,
						day: '2031-02-03',
						profile,
						...(event === null ? {} : { event }),
					}),
				}),
			),
		),
	);
}

/** Values of one key in an otherwise plain body. */
const SWEEPS: Record<string, unknown[]> = {
	event_id: [
		'1001',
		' 1001 ',
		1001,
		0,
		'0',
		'None',
		'n/a',
		'',
		null,
		'7615917337495251231',
		true,
		{ id: 1 },
	],
	email: [
		'Ana@Shop.example',
		' ana@shop.example ',
		'n/a',
		'-',
		'guest',
		'o&#39;brien@shop.example',
		'',
		null,
		5,
	],
	external_id: ['c-1', '00123', 123, 0, 'guest', 'NaN', '[object Object]', 'undefined', false],
	klaviyo_id: [KLAVIYO_ID, 'AbC123', '0', 'None', '00000000-0000-0000-0000-000000000000'],
	phone_number: [
		'+420600000001',
		'+420 600 000 001',
		'00420600000001',
		'+420 600 000 001/2',
		'600000001',
		420600000001,
		'+1-800-FLOWERS',
		'None',
	],
	event_time: [
		'2031-02-03T04:05:06Z',
		'2031-02-03T04:05:06.789+02:00',
		'2031-02-03 04:05:06',
		'2031-02-03',
		'1927886706',
		1927886706,
		1927886706123,
		'soon',
		'',
		null,
	],
	day: ['2031-02-03', '2031-02-02', '03.02.2031', 'None', ''],
	delay: ['4 hours', '60 days', '90 minutes', 'later', 4],
	step: ['1', 2, '', 'None'],
	trigger_type: ['metric', 'list', 'segment', 'date', 'abandoned_cart', 'None', ''],
	metric: [
		'Placed Order',
		'Canceled Order',
		'Cancelled Order',
		'Ordered Product',
		' placed order ',
	],
	event_name: [
		'winback_due',
		'Winback Due',
		'WinbackDue',
		'バスケットに追加',
		'주문 완료',
		'आदेश दिया',
		'Café',
		'Café',
		'',
		7,
	],
	is_test: [true, 'true', 'True', 1, false, 'False'],
	consent: ['True', 'False', 'SUBSCRIBED', 'NEVER_SUBSCRIBED', ['email', 'sms'], true],
	list: ['Newsletter', { id: 'LIST01', name: 'Newsletter' }, { name: 'None' }, 'None', []],
	segment: ['VIP', { id: 'SEGM01' }],
	currency: ['EUR', 'eur', 'None', ''],
	value: ['41.50', 41.5, '1,234.50', '1.234,50', '12.500', '12E400', 'free', null, 0],
	price: ['41.50', '1e5', '007', 7, null, ''],
	meiro_origin: ['klaviyo', ''],
	customer: [
		{ id: 7000000000001, email: 'ana@shop.example' },
		{ id: KLAVIYO_ID },
		{ first_name: 'Ana' },
	],
	person: [{ id: KLAVIYO_ID, email: 'ana@shop.example' }, 'Ana'],
	user: [{ id: 5, first_name: 'Clerk', phone: '+420600000009' }],
	recipient: [{ phone: '+420600000002', first_name: 'Ben' }],
	merchant: [{ email: 'info@shop.example' }],
	properties: [{ OrderId: '1', Items: [{ Sku: 'a', Price: '5' }, null] }, '{"a":1}', null],
	event: [
		{ ItemNames: ['Desk Lamp', 'Chair'], SKUs: [null, 'CH-1'] },
		{
			grid: [
				[1, null, 3],
				[null, 2, 3],
			],
		},
		{ service: 'Haircut', datetime: '2031-05-20T10:00:00+02:00' },
		{ rating_base64: 'NQ==', Price_base64: 'NDEuNTA=', sizes_base64: 'WydNJywgJ0wnXQ==' },
		{ rating: '5', Price: '41.50', sizes: "['M', 'L']" },
		{ image: 'a', image_base64: base64('b') },
		{ base64: 'x', database64: 'y', _base64: 'eg==' },
		{ $value: '5', $extra: { checkout_url: 'https://shop.example/c/1' }, $currency_code: 'CZK' },
		{ big: 1e21, small: 1e-7, yes: true, no: false },
	],
	'': ['nothing', { a: 1 }],
	__proto__x: [{ polluted: true }],
	'Ana@shop.example': ['a name that is an address'],
};

function sweeps(): GivenDelivery[] {
	return Object.entries(SWEEPS).flatMap(([key, values]) =>
		values.map((value, number) => ({
			name: `sweep ${key === '' ? '(empty)' : key} ${number}`,
			body: JSON.stringify({ metric: 'Placed Order', email: 'ana@shop.example', [key]: value }),
		})),
	);
}

const ONE = '{"metric":"Placed Order","email":"ana@shop.example","event_id":"1"}';

/** Bodies that are not, or not simply, JSON. */
const TEXTS: Record<string, string> = {
	'big integer': '{"metric":"X","email":"ana@shop.example","event_id":7615917337495251231}',
	'zeros before': '{"metric":"X","external_id":00123,"zip":01234,"email":""}',
	'zeros before and a stray quote': '{"metric":"X","external_id":00123,"note":"5" desk"}',
	'quote in a value': '{"metric":"X","email":"ana@shop.example","name":"Ana "A." B"}',
	'line break in a value': '{"metric":"X","email":"ana@shop.example","name":"Ana\nB"}',
	'missing value': '{"metric":"X","email":"ana@shop.example","value":,"x":1}',
	'trailing comma': '{"metric":"X","email":"ana@shop.example",}',
	'python dictionary': "{'metric': 'X', 'email': 'ana@shop.example', 'ok': True, 'no': None}",
	'python in a value':
		'{"metric":"X","email":"ana@shop.example","event":"{\'ProductName\': \'Desk Lamp\', \'n\': 5}"}',
	'python pasted':
		'{"metric":"X","email":"a@shop.example","event":{\'P\': \'x\', \'l\': [1, None]}}',
	'backslashes in python':
		'{"metric":"X","email":"a@shop.example","event":"{\'path\': \'C:\\\\new\', \'b\': \'A\\\\12\'}"}',
	'escaped entities': '{"id":"x","payload":"{&#39;ProductName&#39;: &#39;Desk Lamp&#39;}"}',
	'list of events': `[${ONE},{"metric":"Y","email":"ben@shop.example"}]`,
	'list with null': `[${ONE},null]`,
	'empty list': '[]',
	'cut off': '{"metric":"Placed Order","email":"ana@sh',
	'no json': 'hello',
	'null json': 'null',
	'number json': '5',
	'empty body': '',
	html: '<html><body>login</body></html>',
	'byte order mark': `\uFEFF${ONE}`,
	u0000: '{"metric":"X","email":"ana@shop.example","na\\u0000me":"zero\\u0000byte"}',
	deep: `{"metric":"X","email":"ana@shop.example","d":${'['.repeat(80)}${']'.repeat(80)}}`,
	proto: '{"metric":"X","email":"ana@shop.example","__proto__":{"a":1},"constructor":{"b":2}}',
	'events under data': `{"data":[${ONE}]}`,
	'twice the same key': '{"metric":"X","metric":"Y","email":"ana@shop.example"}',
	exponent: '{"metric":"X","email":"ana@shop.example","coupon":1e5,"n":12E400}',
	'whole event': `{"metric":"X","email":"ana@shop.example","event":${ONE}}`,
};

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

function texts(): GivenDelivery[] {
	return [
		...Object.entries(TEXTS).map(([name, body]) => ({ name: `text ${name}`, body })),
		{ name: 'form real', headers: FORM, body: 'metric=Placed+Order&email=ana%40shop.example' },
		{ name: 'form json', headers: FORM, body: ONE },
		{ name: 'form payload', headers: FORM, body: `payload=${encodeURIComponent(ONE)}` },
		{ name: 'form base64', headers: FORM, body: 'metric=X&email_base64=YW5hQHNob3AuZXhhbXBsZQ==' },
		{ name: 'plain text', headers: { 'content-type': 'text/plain' }, body: ONE },
	];
}

const WITH_PARAMETERS: Record<string, Dict> = {
	account: { options: { account: 'shop-cz' } },
	'event name': { options: { eventName: 'cart_abandoned' } },
	'include raw': { options: { includeRaw: true } },
	'wanted names': { filters: { eventNames: 'placed_order' } },
	'other names': { filters: { eventNames: 'winback_due' } },
	'identity email': { filters: { identity: 'email' } },
	'max age': { filters: { maxAgeHours: 1 } },
	'from meiro taken': { options: { ignoreFromMeiro: false } },
};

function underParameters(): GivenDelivery[] {
	const bodies = {
		one: ONE,
		nameless: '{"email":"ana@shop.example","event_id":"1","meiro_origin":"points"}',
		old: '{"metric":"Placed Order","external_id":"c-1","event_time":"2031-01-01T00:00:00Z"}',
	};
	return Object.entries(WITH_PARAMETERS).flatMap(([name, parameters]) =>
		Object.entries(bodies).map(([which, body]) => ({
			name: `parameters ${name} ${which}`,
			body,
			parameters,
		})),
	);
}

export function deliveries(): GivenDelivery[] {
	return [...recommended(), ...sweeps(), ...texts(), ...underParameters()];
}
