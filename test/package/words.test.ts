// What people read in the editor, by n8n's guidelines (https://docs.n8n.io/integrations/creating-nodes/plan/node-ui-design)
// and without words that only we know.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

import { KlaviyoPrivateKeyApi } from '../../credentials/KlaviyoPrivateKeyApi.credentials';
import { KlaviyoWebhookApi } from '../../credentials/KlaviyoWebhookApi.credentials';
import { MeiroCdpApi } from '../../credentials/MeiroCdpApi.credentials';
import { MeiroEventsApi } from '../../credentials/MeiroEventsApi.credentials';
import { Klaviyo } from '../../nodes/Klaviyo/Klaviyo.node';
import { KlaviyoTrigger } from '../../nodes/Klaviyo/KlaviyoTrigger.node';
import { KlaviyoUpdatesTrigger } from '../../nodes/Klaviyo/KlaviyoUpdatesTrigger.node';
import { MeiroCdp } from '../../nodes/MeiroCdp/MeiroCdp.node';
import { MeiroEvents } from '../../nodes/MeiroEvents/MeiroEvents.node';
import { complaintsOf, sentencesOf } from '../support/prose';

const ROOT = join(__dirname, '../..');

const DESCRIPTIONS = {
	...Object.fromEntries(
		[Klaviyo, KlaviyoTrigger, KlaviyoUpdatesTrigger, MeiroCdp, MeiroEvents].map((type) => [
			type.name,
			new type().description,
		]),
	),
	...Object.fromEntries(
		[KlaviyoPrivateKeyApi, KlaviyoWebhookApi, MeiroCdpApi, MeiroEventsApi].map((type) => [
			type.name,
			new type(),
		]),
	),
};

interface Text {
	/** Where it stands, e.g. KlaviyoTrigger.properties[2].displayName. */
	at: string;
	key: string;
	text: string;
	/** What it is a part of. */
	of: Record<string, unknown>;
}

/** Every text with one of these keys, however deep. */
function textsOf(
	keys: string[],
	value: unknown = DESCRIPTIONS,
	at = '',
	of: Record<string, unknown> = {},
): Text[] {
	if (typeof value === 'string') {
		const key = /[^.[\]]+$/.exec(at)?.[0] ?? '';
		return keys.includes(key) ? [{ at, key, text: value, of }] : [];
	}
	if (Array.isArray(value))
		return value.flatMap((each, index) => textsOf(keys, each, `${at}[${index}]`, of));
	if (typeof value !== 'object' || value === null) return [];
	const object = value as Record<string, unknown>;
	return Object.entries(object).flatMap(([key, each]) =>
		textsOf(keys, each, at === '' ? key : `${at}.${key}`, object),
	);
}

/** A notice's displayName is a sentence, not a label. */
const isNotice = ({ of }: Text) => of.type === 'notice';

const SENTENCES = [
	...textsOf(['description', 'hint', 'message', 'activationHint', 'inactive', 'active', 'header']),
	...textsOf(['displayName']).filter(isNotice),
];
/** Names of options are labels; so is what a node, a credential and a field is called. */
const LABELS = textsOf(['displayName', 'name']).filter(
	(text) => !isNotice(text) && (text.key === 'displayName' || 'value' in text.of),
);

/** Sentences that our code may say at run time: its strings with blanks in them. */
function spokenTexts(): Array<{ at: string; text: string }> {
	return ['nodes', 'credentials']
		.flatMap((folder) =>
			readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
				join(folder, file),
			),
		)
		.filter((file) => file.endsWith('.ts'))
		.flatMap((at) => {
			const found: Array<{ at: string; text: string }> = [];
			const visit = (node: ts.Node): void => {
				const text =
					ts.isStringLiteralLike(node) ||
					ts.isTemplateHead(node) ||
					ts.isTemplateMiddle(node) ||
					ts.isTemplateTail(node)
						? node.text
						: '';
				if (/\S \S/.test(text)) found.push({ at, text });
				ts.forEachChild(node, visit);
			};
			visit(ts.createSourceFile(at, readFileSync(join(ROOT, at), 'utf8'), ts.ScriptTarget.Latest));
			return found;
		});
}

const lines = (texts: Array<{ at: string; text: string }>) =>
	texts.map(({ at, text }) => `${at}: ${text}`);

const OUR_JARGON = [
	/group commit/i,
	/\backnowledg/i,
	/\bWBS\b/,
	/\bleaders?\b/i,
	/\bfollowers?\b/i,
	/\bidempoten/i,
	/\bhot path\b/i,
	/\bstand-?ins?\b/i,
];

describe('the words in the editor', () => {
	it('are there to be judged', () => {
		expect(SENTENCES.length).toBeGreaterThan(200);
		expect(LABELS.length).toBeGreaterThan(200);
		expect(spokenTexts().length).toBeGreaterThan(500);
	});

	it('are none of our own jargon', () => {
		const all = [...SENTENCES, ...LABELS, ...textsOf(['action', 'placeholder']), ...spokenTexts()];
		expect(lines(all.filter(({ text }) => OUR_JARGON.some((word) => word.test(text))))).toEqual([]);
	});

	it('are short sentences, subject first', () => {
		const found = SENTENCES.flatMap(({ at, text }) =>
			sentencesOf(text)
				.flatMap(complaintsOf)
				.map((complaint) => `${at}: ${complaint}`),
		);
		expect(found).toEqual([]);
	});

	it('are notices without the tags that n8n drops there: lines would run together', () => {
		const notices = SENTENCES.filter(isNotice);
		expect(notices.length).toBeGreaterThan(2);
		const dropped = notices.filter(({ text }) => /<(?!\/?(?:a|ul|li)[ >])/.test(text));
		expect(lines(dropped)).toEqual([]);
	});

	it('tell a Klaviyo flow from a workflow', () => {
		const unclear = SENTENCES.filter(
			({ text }) =>
				/\bflows?\b(?!:)/i.test(text) && !/\bKlaviyo flows?\b|\bflow webhooks?\b/i.test(text),
		);
		expect(lines(unclear)).toEqual([]);
	});

	it.each([
		['the credential', () => textsOf(['displayName'], new KlaviyoPrivateKeyApi())],
		['README', () => [{ text: readFileSync(join(ROOT, 'README.md'), 'utf8') }]],
	])('tell of the two keys, and what each can do, in %s', (_, texts) => {
		const text = texts()
			.map((each) => each.text)
			.join('\n')
			.replace(/`|<[^>]*>/g, '');
		expect(text).toMatch(/\bset-up\b.*flows:write.*only while .*publish/i);
		expect(text).toMatch(/\bread\b[*:]? for all other nodes/i);
		expect(text).toContain('A key with flows:write can change every flow of the account.');
	});

	it('tell a Meiro source from other sources', () => {
		const unclear = SENTENCES.filter(
			({ text }) => /\bsources?\b/i.test(text) && !/Meiro|data sources?\b/i.test(text),
		);
		expect(lines(unclear)).toEqual([]);
	});

	it('are labels in Title Case', () => {
		const small =
			/^(?:a|an|and|as|at|but|by|for|from|in|into|is|it|its|n8n|of|on|or|per|the|to|up|via|with)$/;
		// An option may be a word of Klaviyo's own.
		const lower = LABELS.filter(({ text, of }) => text !== of.value).filter(({ text }) =>
			text
				.replace('(kB)', '')
				.split(/[\s(/-]+/)
				.some((word, index) => /^[a-z]/.test(word) && (index === 0 || !small.test(word))),
		);
		expect(lines(lower)).toEqual([]);
	});

	it('are sentences that begin with a capital letter, or with what they name', () => {
		expect(
			lines(SENTENCES.filter(({ text }) => /^[a-z]/.test(text.replace(/<[^>]*>/g, '')))),
		).toEqual([]);
	});

	it('give examples as such', () => {
		const placeholders = textsOf(['placeholder']).filter(
			({ of }) => !['collection', 'fixedCollection'].includes(String(of.type)),
		);
		expect(
			lines(placeholders.filter(({ text }) => !/^(?:e\.g\. |name@email\.com$)/.test(text))),
		).toEqual([]);
	});

	it('name each action in a sentence of lower case', () => {
		const actions = textsOf(['action']);
		expect(actions.length).toBeGreaterThan(30);
		expect(
			lines(
				actions.filter(
					({ text }) =>
						!/^[A-Z][a-z]+(?: [a-z]+)+(?: (?:Klaviyo|Meiro|CDP|ID)[a-z ]*)?$/.test(text),
				),
			),
		).toEqual([]);
	});
});
