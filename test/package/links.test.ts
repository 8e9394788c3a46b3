// Where docs, nodes and credentials lead to: files and headings that exist, commands that npm has.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';

import manifest from '../../package.json';

const ROOT = join(__dirname, '../..');
const HOME = manifest.homepage;

const PAGES = [
	'README.md',
	'CHANGELOG.md',
	'CONTRIBUTING.md',
	...readdirSync(join(ROOT, 'docs'))
		.filter((file) => file.endsWith('.md'))
		.map((file) => `docs/${file}`),
];

const readText = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** Anchors of a page as GitHub makes them of its headings; a heading that comes again gets a number. */
function anchorsOf(page: string): string[] {
	const seen = new Map<string, number>();
	const prose = readText(page).replace(/^```[\s\S]*?^```/gm, '');
	return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, heading]) => {
		const anchor = heading!
			.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
			.toLowerCase()
			.replace(/[^\p{L}\p{N}\p{M} _-]/gu, '')
			.replaceAll(' ', '-');
		const before = seen.get(anchor) ?? 0;
		seen.set(anchor, before + 1);
		return before === 0 ? anchor : `${anchor}-${before}`;
	});
}

/** A link into this repository, from a page or from the code: what is wrong with it, if anything is. */
function deadEnd(target: string, from: string): string | undefined {
	const path = target.startsWith(HOME)
		? target.slice(HOME.length).replace(/^\/blob\/main\//, '')
		: relative(ROOT, resolve(ROOT, dirname(from), target.replace(/^#/, `${resolve(ROOT, from)}#`)));
	const [file = '', anchor] = path.split('#');
	const page = file === '' ? 'README.md' : file;
	if (!existsSync(join(ROOT, page))) return `${from}: ${target} is no file`;
	if (anchor === undefined || anchorsOf(page).includes(anchor)) return undefined;
	return `${from}: ${page} has no heading #${anchor}`;
}

const isOurs = (target: string) => target.startsWith(HOME) || !/^[a-z]+:/i.test(target);

it.each(PAGES)('%s leads to files and headings that exist', (page) => {
	const targets = [...readText(page).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
	expect(targets.filter(isOurs).flatMap((target) => deadEnd(target, page) ?? [])).toEqual([]);
});

it('has at most nine pages of docs and 80 kB', () => {
	const sizes = PAGES.filter((page) => page.startsWith('docs/')).map(
		(page) => readFileSync(join(ROOT, page)).length,
	);
	expect(sizes.length).toBeLessThanOrEqual(9);
	expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(80_000);
});

it('leads from nodes, credentials and templates to files and headings that exist', () => {
	const files = ['nodes', 'credentials', 'templates']
		.flatMap((folder) =>
			readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) =>
				join(folder, file),
			),
		)
		.filter((file) => /\.(ts|json)$/.test(file));
	const links = files.flatMap((file) =>
		[...readText(file).matchAll(/https:\/\/github\.com\/[^\s"'`<>)\\]+/g)]
			.map(([target]) => target)
			.filter((target) => target.startsWith(HOME))
			.map((target) => ({ file, target })),
	);
	expect(links.length).toBeGreaterThan(10);
	expect(links.flatMap(({ file, target }) => deadEnd(target, file) ?? [])).toEqual([]);
});

it.each(PAGES)('%s names commands that npm has, and files that are there', (page) => {
	const text = readText(page);
	const scripts = [...text.matchAll(/npm (?:run )?((?<=run )[\w:]+|test\b)/g)].map(
		([, script]) => script!,
	);
	expect(scripts.filter((script) => !(script in manifest.scripts))).toEqual([]);
	const paths = [
		...text.matchAll(/`((?:\.ci|bench|docs|nodes|sandbox|templates|test)\/[\w./-]+)`/g),
		...text.matchAll(/(?<![\w./-])((?:bench|nodes|sandbox|test)\/[\w./-]+\.(?:ts|mjs|yaml))/g),
	].map(([, path]) => path!);
	expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
});
