import { addressOfRequest, checkedAddress, isWithin } from '../../../nodes/shared/http/address';

describe('an address that is refused', () => {
	const field = {
		label: 'Base URL',
		owner: 'Meiro CDP credential',
		example: 'https://example.meiro.io/api',
		allowPrivate: false,
	};

	it('names its field and the switch that would allow it', () => {
		expect(() => checkedAddress('https://10.0.0.1', { ...field, allowHttp: false })).toThrow(
			"'Base URL' of the Meiro CDP credential leads to this machine or into a private network. Enter the public address of the service, e.g. https://example.meiro.io/api, or, if it is there, switch on 'Allow Private Addresses'.",
		);
	});

	it.each([
		'https://https://me.example',
		'https://http://me.example',
		'https://me.example\nhttps://other.example',
		'https://me.example\t/x',
		'https://me.{client}.example',
		'https://me.example,',
		'https://me..example',
		'me.example:8443',
		'localhost:8443',
	])('is no URL, and is to be entered with https://: %j', (address) => {
		expect(() => checkedAddress(address, field)).toThrow(
			"'Base URL' of the Meiro CDP credential is not a URL. Enter it with https://, e.g. https://example.meiro.io/api",
		);
	});

	it.each(['https://měiro.example', 'https://me_1.example.', 'https://[2606:4700::1]:8443'])(
		'is not this one: %s',
		(address) => {
			expect(() => checkedAddress(address, field)).not.toThrow();
		},
	);

	it('names a switch that has another name', () => {
		expect(() =>
			checkedAddress('https://10.0.0.1', { ...field, privateSwitch: 'May Be Private' }),
		).toThrow(/switch on 'May Be Private'\.$/);
	});

	it('is not told of http:// where nothing could allow it', () => {
		expect(() => checkedAddress('http://me.example', field)).toThrow(/Change it to https:\/\/\.$/);
		expect(() => checkedAddress('http://me.example', { ...field, allowHttp: false })).toThrow(
			/https:\/\/, or switch on 'Allow Unencrypted HTTP'\.$/,
		);
	});
});

describe('where a request goes', () => {
	it.each([
		[{ url: 'https://a.example/x' }, 'https://a.example/x'],
		[{ uri: 'https://a.example/x' }, 'https://a.example/x'],
		[{ url: 'https://a.example/x', uri: 'https://b.example/x' }, 'https://a.example/x'],
		[{ baseURL: 'https://a.example/api/', url: '/x' }, 'https://a.example/api/x'],
		[{ baseURL: 'https://a.example/api', uri: 'x' }, 'https://a.example/api/x'],
		[{ baseURL: 'https://a.example/api', url: '' }, 'https://a.example/api'],
		[{ baseURL: 'https://a.example/api', url: 'HTTPS://b.example/x' }, 'HTTPS://b.example/x'],
		[{ baseURL: 'https://a.example/api', url: '//b.example/x' }, '//b.example/x'],
		[{ baseURL: '', url: '/x' }, '/x'],
		[{}, ''],
	])('with %j is %s', (request, address) => {
		expect(addressOfRequest(request)).toBe(address);
	});
});

describe('whether an address lies within another', () => {
	it.each([
		['https://a.example/api', 'https://a.example/api', true],
		['https://a.example/api/events?x=1', 'https://a.example/api', true],
		['https://a.example/apiary', 'https://a.example/api', false],
		['https://a.example/api/../secret', 'https://a.example/api', false],
		['https://a.example/api/%2e%2e/secret', 'https://a.example/api', false],
		['https://a.example.evil.example/api', 'https://a.example/api', false],
		['https://a.example@evil.example/api', 'https://a.example/api', false],
		['https://evil.example\\@a.example/api', 'https://a.example/api', false],
		['http://a.example/api', 'https://a.example/api', false],
		['https://a.example:8443/api', 'https://a.example/api', false],
		['//a.example/api', 'https://a.example/api', false],
		['nonsense', 'https://a.example/api', false],
		['https://a.example/', 'https://a.example', true],
	])('%s within %s: %s', (address, base, expected) => {
		expect(isWithin(address, base)).toBe(expected);
	});
});
