// The packages for one service each, made of the same source by `gulp packages`.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import manifest from '../../package.json';
import { folderOf, MANIFESTS, text } from '../../packages/manifests.js';

const ROOT = join(__dirname, '../..');

/** As they are committed: the build writes them anew. */
const committed = new Map(
	MANIFESTS.map(({ name }) => [name, readFileSync(join(folderOf(name), 'package.json'), 'utf8')]),
);

beforeAll(() => {
	execFileSync(process.execPath, [join(ROOT, 'node_modules/gulp/bin/gulp.js'), 'packages'], {
		cwd: ROOT,
	});
});

const read = (...path: string[]) => readFileSync(join(ROOT, 'dist-packages', ...path), 'utf8');

it('have every node and credential of the combined package, each in one of them', () => {
	const all = (kind: 'nodes' | 'credentials') =>
		MANIFESTS.flatMap(({ n8n }) => n8n[kind]).sort((a, b) => a.localeCompare(b));
	expect(all('nodes')).toEqual(manifest.n8n.nodes);
	expect(all('credentials')).toEqual(manifest.n8n.credentials);
});

describe.each(MANIFESTS)('$name', (its) => {
	const { name, n8n } = its;

	it('has the manifest that is committed', () => {
		expect(committed.get(name)).toBe(text(its));
	});

	it('takes whose it is, where it is at home and which version it is from the combined package', () => {
		for (const key of ['version', 'author', 'homepage', 'bugs', 'license'] as const) {
			expect(its[key]).toEqual(manifest[key]);
		}
	});

	it('has what n8n and npm want to see of a package', () => {
		for (const file of ['README.md', 'LICENSE', 'package.json', 'dist/package.js']) {
			expect(existsSync(join(ROOT, 'dist-packages', name, file))).toBe(true);
		}
	});

	it.each([...n8n.nodes, ...n8n.credentials])('has %s, loadable alone', (file) => {
		const className = /(\w+)\.\w+\.js$/.exec(file)![1]!;
		const path = JSON.stringify(join(ROOT, 'dist-packages', name, file));
		const script = `console.log(typeof new (require(${path}).${className})())`;
		expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })).toBe('object\n');
	});

	it('says in the codex whose node it is, and names the nodes of templates by the package they are in', () => {
		for (const file of n8n.nodes) {
			const { node } = JSON.parse(read(name, `${file}on`)) as { node: string };
			expect(node.startsWith(`${name}.`)).toBe(true);
		}
		for (const file of readdirSync(join(ROOT, 'dist-packages', name, 'templates'))) {
			expect(read(name, 'templates', file)).not.toContain(`"${manifest.name}.`);
			expect(read(name, 'templates', file)).toMatch(/"n8n-nodes-(klaviyo|meiro)\.\w/);
		}
	});
});
