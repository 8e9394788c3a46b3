// A stranger before the flow webhook, in n8n's own webhook context.
import crypto from 'node:crypto';

import { callTrigger, MemoryCredentials, type TriggerSetup } from '../../engine/support/engine';
import type { Attack, AttackGroup } from './attack';

export const SECRET = 'Correct-Horse-Battery-Staple-01';
export const HEADER = 'x-klaviyo-secret';

/** Values that look like the secret, or could trick a careless comparison. */
export const FORGED_VALUES: Array<[what: string, value: unknown]> = [
	['nothing', ''],
	['a blank', ' '],
	['one character less', SECRET.slice(0, -1)],
	['one character more', `${SECRET}1`],
	['only the first character', SECRET[0]],
	['another first character', `c${SECRET.slice(1)}`],
	['another last character', `${SECRET.slice(0, -1)}2`],
	['another character in the middle', SECRET.replace('Battery', 'Batterz')],
	['lower case', SECRET.toLowerCase()],
	['upper case', SECRET.toUpperCase()],
	['the case of every letter swapped', swapCase(SECRET)],
	['reversed', [...SECRET].reverse().join('')],
	['twice', SECRET + SECRET],
	['twice with a comma, as Node joins repeated headers', `${SECRET}, ${SECRET}`],
	['behind a wrong one with a comma', `wrong, ${SECRET}`],
	['before a wrong one with a semicolon', `${SECRET}; wrong`],
	['a space before', ` ${SECRET}`],
	['a space behind', `${SECRET} `],
	['a tab behind', `${SECRET}\t`],
	['a line end behind', `${SECRET}\n`],
	['a carriage return behind', `${SECRET}\r`],
	['a NUL behind', `${SECRET}\0`],
	['a NUL and more behind', `${SECRET}\0anything`],
	['a zero width space inside', `Correct\u200b-Horse-Battery-Staple-01`],
	['a soft hyphen inside', `Cor\u00adrect-Horse-Battery-Staple-01`],
	['a byte order mark before', `\ufeff${SECRET}`],
	['a no-break space behind', `${SECRET}\u00a0`],
	['a Cyrillic o', SECRET.replace('o', '\u043e')],
	['full-width letters', SECRET.replace('C', '\uff23')],
	['a combining accent', SECRET.replace('e', 'e\u0301')],
	['typographic hyphens', SECRET.replaceAll('-', '\u2010')],
	['a right-to-left mark', `\u200f${SECRET}`],
	['a lone surrogate', `${SECRET}\ud800`],
	['percent-encoded', SECRET.replaceAll('-', '%2D')],
	['in quotes', `"${SECRET}"`],
	['as a bearer token', `Bearer ${SECRET}`],
	['in base64', Buffer.from(SECRET).toString('base64')],
	['in hexadecimal', Buffer.from(SECRET).toString('hex')],
	['its digest', crypto.createHash('sha256').update(SECRET).digest('hex')],
	['its raw digest', crypto.createHash('sha256').update(SECRET).digest('binary')],
	['a wildcard', '*'],
	['a pattern', '.*'],
	['an SQL condition', "' OR '1'='1"],
	['an expression', '={{ $credentials.secret }}'],
	['a template leftover', '{{ secret }}'],
	['a word for nothing: null', 'null'],
	['a word for nothing: undefined', 'undefined'],
	['a word for yes', 'true'],
	['a megabyte', 'x'.repeat(1_000_000)],
	['a megabyte that begins with the secret', SECRET + 'x'.repeat(1_000_000)],
	['a list of it', [SECRET]],
	['a list of it twice', [SECRET, SECRET]],
	['a list with a wrong one', ['wrong', SECRET]],
	['an empty list', []],
	['an object that reads as it', { toString: () => SECRET }],
	['a boxed string', Object(SECRET)],
	['its bytes', Buffer.from(SECRET)],
	['null', null],
	['undefined', undefined],
	['true', true],
	['zero', 0],
];

/** Where the right secret opens nothing. */
export const WRONG_HEADERS = [
	'authorization',
	'X-Klaviyo-Secret',
	'x-klaviyo-secret ',
	' x-klaviyo-secret',
	'x_klaviyo_secret',
	'x-klaviyo-secret\0',
	'x-klaviyo-secret\r\n',
	'x-klaviyo-secret[]',
	'x-klaviyo-secret:',
	'x-\u212alaviyo-secret',
	'x-klaviyo-secre',
	'x-klaviyo-secrets',
	'x-forwarded-x-klaviyo-secret',
	'proxy-authorization',
	'cookie',
	'',
];

/** Header names that every object knows. */
export const MEMBER_NAMES = [
	'constructor',
	'__proto__',
	'toString',
	'hasOwnProperty',
	'valueOf',
	'__defineGetter__',
];

/** Secrets that keep nobody out: with them nobody gets in. */
export const UNUSABLE_SECRETS: Array<[what: string, secret: string]> = [
	['empty', ''],
	['short', 'short'],
	['one under the least length', 'x'.repeat(15)],
	['only blanks', ' '.repeat(32)],
	['unicode', 'ž'.repeat(32)],
	['with a line end', `${SECRET}\n`],
];

export const UNUSABLE_HEADERS = ['', ' ', 'X Klaviyo', 'X-Klaviyo-Secret\r\nX-Other', 'X:Y', 'Š'];

const BODY = '{"event_name":"placed_order","email":"eve@shop.example"}';
let count = 0;

/** A trigger with a credential of its own. */
function triggerWith(webhook: Record<string, string>): TriggerSetup {
	return {
		credentials: new MemoryCredentials({
			klaviyoWebhookApi: { headerName: 'X-Klaviyo-Secret', secret: SECRET, ...webhook },
		}),
		credentialId: `attacked-${count++}`,
	};
}

/** Anything but a 401 that starts nothing is a way in. */
async function getsIn(
	trigger: TriggerSetup,
	headers: Record<string, unknown>,
	body = BODY,
): Promise<boolean> {
	const answer = await callTrigger(trigger, { headers: headers as Record<string, string>, body });
	return answer.status !== 401 || answer.items.length > 0;
}

export const SECRET_HEADER_ATTACKS: AttackGroup = {
	name: 'flow webhook: secret forged, misplaced or missing',
	attacks: () => {
		const trigger = triggerWith({});
		const changing = triggerWith({ previousSecret: `${SECRET}-before` });
		const forged = (target: TriggerSetup, whose: string): Attack[] =>
			FORGED_VALUES.map(([what, value]) => ({
				what: `${whose}: ${what}`,
				succeeds: async () => await getsIn(target, { [HEADER]: value }),
			}));
		return [
			...forged(trigger, 'secret'),
			...forged(changing, 'while the secret is changed'),
			...WRONG_HEADERS.map((name) => ({
				what: `right secret in ${JSON.stringify(name)}`,
				succeeds: async () => await getsIn(trigger, { [name]: SECRET }),
			})),
			...MEMBER_NAMES.map((headerName) => ({
				what: `header named ${headerName}`,
				succeeds: async () => await getsIn(triggerWith({ headerName }), {}),
			})),
			...UNUSABLE_SECRETS.map(([what, secret]) => ({
				what: `unusable secret: ${what}`,
				succeeds: async () => await getsIn(triggerWith({ secret }), { [HEADER]: secret }),
			})),
			...UNUSABLE_HEADERS.map((headerName) => ({
				what: `unusable header name ${JSON.stringify(headerName)}`,
				succeeds: async () =>
					await getsIn(triggerWith({ headerName }), { [headerName.toLowerCase()]: SECRET }),
			})),
			...[
				['in the body', JSON.stringify({ [HEADER]: SECRET, headers: { [HEADER]: SECRET } })],
				['in the body’s prototype', `{"__proto__":{"headers":{"${HEADER}":"${SECRET}"}}}`],
				['in a form', `${HEADER}=${SECRET}`],
			].map(([what, body]) => ({
				what: `right secret ${what}`,
				succeeds: async () => await getsIn(trigger, {}, body),
			})),
		];
	},
	honest: async () =>
		!(await getsIn(triggerWith({}), { [HEADER]: 'wrong' })) &&
		(await callTrigger(triggerWith({}), { headers: { [HEADER]: SECRET }, body: BODY })).items
			.length === 1 &&
		(
			await callTrigger(triggerWith({ previousSecret: `${SECRET}-before` }), {
				headers: { [HEADER]: `${SECRET}-before` },
				body: BODY,
			})
		).items.length === 1,
};

function swapCase(text: string): string {
	return [...text]
		.map((letter) =>
			letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase(),
		)
		.join('');
}
