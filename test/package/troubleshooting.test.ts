// docs/troubleshooting.md quotes what the nodes say: people search it for the very words.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../..');

/** What n8n itself or Meiro says. */
const OF_OTHERS = [
	'Installation of unverified community packages is forbidden!',
	'Unrecognized node type: n8n-nodes-klaviyo-meiro.klaviyoTrigger',
	'The requested webhook … is not registered.',
	'Failed to parse request body',
	'Unknown event type',
];

/** What stands in a sentence in place of a value. */
const VALUES = /…|\bN\b|\b\d+( attempts)?\b|'X-Klaviyo-Secret'|'Base URL'|'event_id'/;

const page = readFileSync(join(ROOT, 'docs/troubleshooting.md'), 'utf8');
const quotes = [...page.matchAll(/\*"([^"]+)"\*/g)]
	.map(([, quote]) => quote!)
	.filter((quote) => !OF_OTHERS.includes(quote));
const code = ['nodes', 'credentials']
	.flatMap((folder) =>
		readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
			join(ROOT, folder, file),
		),
	)
	.filter((file) => file.endsWith('.ts'))
	.map((file) => readFileSync(file, 'utf8').replaceAll("\\'", "'"))
	.join('\n');

it.each(quotes)('says "%s"', (quote) => {
	const parts = quote.split(VALUES).filter((part) => /\w{3}/.test(part ?? ''));
	expect(parts.length).toBeGreaterThan(0);
	expect(parts.filter((part) => !code.includes(part.trim()))).toEqual([]);
});

it('quotes enough to be of use', () => {
	expect(quotes.length).toBeGreaterThan(30);
});

it('has every code that a connection can fail with, as a credential’s test shows nothing else', () => {
	const failures = readFileSync(join(ROOT, 'nodes/shared/http/connectionFailure.ts'), 'utf8');
	const codes = [...failures.matchAll(/case '([A-Z_]+)'/g)].map(([, each]) => each!);
	expect(codes.length).toBeGreaterThan(10);
	expect(codes.filter((each) => !page.includes(`\`${each}\``))).toEqual([]);
});
