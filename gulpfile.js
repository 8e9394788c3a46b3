// Makes the packages from the sources: dist/ of the combined one, dist-packages/ of those for one service each. Types are
// checked before, by `npm run types`.
const { existsSync, renameSync } = require('node:fs');
const { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } = require('node:fs/promises');
const { dirname, join, relative } = require('node:path');
const { build } = require('esbuild');
const { series } = require('gulp');

const {
	MANIFESTS,
	combined,
	fileName,
	folderOf,
	ownerOf,
	text,
} = require('./packages/manifests.js');

const PRODUCTS = 'dist-packages';
/** Of a package: the code of all its nodes and credentials. */
const CODE = 'dist/package.js';

/** Folders of a package that are not copied as they are. */
const MADE = ['dist', 'templates'];

const sourceOf = (file) => file.replace(/^dist\//, '').replace(/\.js$/, '');
const classOf = (file) => fileName(file).split('.')[0];

/**
 * One file with the code of all nodes and credentials, so that what they share is in it once, and for each of them the
 * file that n8n looks for. Nothing else is needed at run time, as n8n allows no runtime dependencies; n8n-workflow
 * comes from the n8n that loads the package.
 */
async function bundle({ name, n8n }, target) {
	const files = [...n8n.nodes, ...n8n.credentials];
	await build({
		stdin: {
			contents: files.map((file) => `export * from './${sourceOf(file)}';`).join('\n'),
			resolveDir: __dirname,
			loader: 'ts',
		},
		outfile: join(target, CODE),
		bundle: true,
		platform: 'node',
		target: 'node20',
		format: 'cjs',
		external: ['n8n-workflow'],
		// Names stay, and lines, so that a stack in n8n's log says where.
		minifySyntax: true,
		minifyWhitespace: true,
		lineLimit: 120,
		legalComments: 'eof',
		logLevel: 'warning',
	});
	await change(join(target, CODE), `the package ${combined.name}.`, `the package ${name}.`);
	for (const file of files) {
		const [exported, code] = [classOf(file), relative(dirname(file), CODE)];
		await mkdir(join(target, dirname(file)), { recursive: true });
		await writeFile(join(target, file), `exports.${exported} = require('${code}').${exported};\n`);
	}
}

async function change(file, from, to) {
	await writeFile(file, (await readFile(file, 'utf8')).replaceAll(from, to));
}

/** What n8n reads beside each node: icons, and the codex, which names the package. */
async function besideNodes({ name, n8n }, target) {
	for (const folder of new Set(n8n.nodes.map((file) => dirname(sourceOf(file))))) {
		const icons = (await readdir(folder)).filter((file) => /\.(svg|png)$/.test(file));
		for (const icon of icons) await cp(join(folder, icon), join(target, 'dist', folder, icon));
	}
	for (const file of n8n.nodes) {
		const codex = join(target, `${file}on`);
		await cp(`${sourceOf(file)}.json`, codex);
		await change(codex, `"${combined.name}.`, `"${name}.`);
	}
}

/** Elsewhere first, so that whoever packs or loads dist/ meanwhile finds it whole. */
async function make(manifest, target) {
	const made = await mkdtemp(join(target, '.dist-'));
	try {
		await bundle(manifest, made);
		await besideNodes(manifest, made);
		const dist = join(target, 'dist');
		// In one go: between the two there is none.
		if (existsSync(dist)) renameSync(dist, join(made, 'before'));
		renameSync(join(made, 'dist'), dist);
	} finally {
		await rm(made, { recursive: true, force: true });
	}
}

const combinedPackage = async () => await make(combined, '.');

/** Committed, as n8n's scan looks for the package's manifest in its source. */
async function manifests() {
	for (const manifest of MANIFESTS) {
		await writeFile(join(folderOf(manifest.name), 'package.json'), text(manifest));
	}
}

async function products() {
	await rm(PRODUCTS, { recursive: true, force: true });
	for (const manifest of MANIFESTS) {
		const target = join(PRODUCTS, manifest.name);
		await cp(folderOf(manifest.name), target, { recursive: true });
		await cp('LICENSE', join(target, 'LICENSE'));
		await make(manifest, target);
		await templates(join(target, 'templates'));
		for (const folder of manifest.files.filter((name) => !MADE.includes(name))) {
			await cp(folder, join(target, folder), { recursive: true });
		}
	}
}

/** With the names that nodes have in the packages of one service. */
async function templates(target) {
	await mkdir(target);
	const nodeType = new RegExp(`"${combined.name}\\.(\\w)(\\w*)"`, 'g');
	for (const file of await readdir('templates')) {
		const workflow = await readFile(join('templates', file), 'utf8');
		const renamed = workflow.replace(
			nodeType,
			(_, initial, rest) => `"${ownerOf(initial.toUpperCase() + rest)}.${initial}${rest}"`,
		);
		await writeFile(join(target, file), renamed);
	}
}

exports.build = combinedPackage;
exports.packages = series(manifests, products);
