import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { OPERATIONS, operationsTable } from '../../docs/build/operations';
import { withSection } from '../../bench/section';
import { scripts } from '../../package.json';

const ROOT = join(__dirname, '../..');

describe('a section that a command writes', () => {
	const page = 'Before\n<!-- begin load -->\nold\n<!-- end load -->\nAfter\n';

	it('is put between its marks, and nothing else changes', () => {
		expect(withSection(page, 'load', 'new\n')).toBe(
			'Before\n<!-- begin load -->\nnew\n<!-- end load -->\nAfter\n',
		);
	});

	it.each([
		['without marks', 'Before\nAfter\n'],
		['without an end', 'Before\n<!-- begin load -->\n'],
		['that is there twice', `${page}${page}`],
	])('%s is an error that names the marks', (_, broken) => {
		expect(() => withSection(broken, 'load', 'new')).toThrow(
			"one '<!-- begin load -->' and, after it, one '<!-- end load -->'",
		);
	});
});

it('docs/klaviyo.md has the table of operations as the code has them (npm run docs:klaviyo)', () => {
	const page = readFileSync(join(ROOT, 'docs/klaviyo.md'), 'utf8');
	expect(page).toBe(withSection(page, OPERATIONS, operationsTable()));
});

describe.each([
	['docs/operating.md', ['crashes', 'sizing', 'performance']],
	[
		'CONTRIBUTING.md',
		[
			...['Klaviyo Trigger', 'Meiro Events', 'Attacks', 'Real n8n', 'Outages'],
			...['Queue mode', 'Soak'],
		],
	],
])('%s', (file, names) => {
	const page = readFileSync(join(ROOT, file), 'utf8');
	const sections = [...page.matchAll(/<!-- begin (.+) -->\n([\s\S]*?)<!-- end \1 -->/g)].map(
		([, name, text]) => ({ name, text: text! }),
	);

	it('has the sections that commands write', () => {
		expect(sections.map(({ name }) => name)).toEqual(names);
	});

	it.each(sections)('says of $name by which command it was written, in full', ({ text }) => {
		const [, script, options = ''] = /^Written by `npm run (\S+)([^`]*)`/.exec(text) ?? [];
		expect(Object.keys(scripts)).toContain(script);
		expect(options).not.toContain('--quick');
		if (script === 'test:queue') expect(options).toContain('--full');
		expect(text).not.toContain('Not played');
	});

	it('names a command for every figure that a command has to write', () => {
		expect(page).not.toContain('TODO');
	});
});
