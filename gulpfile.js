// Makes dist/ from the sources. Types are checked before, by `npm run types`.
const { rm } = require('node:fs/promises');
const { build } = require('esbuild');
const { dest, parallel, series, src } = require('gulp');

const { n8n } = require('./package.json');

const clean = () => rm('dist', { recursive: true, force: true });

/**
 * One file per node and credential, with all that it needs at run time inside: n8n allows no
 * runtime dependencies. n8n-workflow comes from the n8n that loads the package.
 */
const bundle = () =>
	build({
		entryPoints: [...n8n.nodes, ...n8n.credentials].map((file) =>
			file.replace(/^dist\//, '').replace(/\.js$/, '.ts'),
		),
		outdir: 'dist',
		outbase: '.',
		bundle: true,
		platform: 'node',
		target: 'node20',
		format: 'cjs',
		external: ['n8n-workflow'],
		legalComments: 'eof',
		logLevel: 'warning',
	});

const codex = () => src('nodes/**/*.node.json', { base: '.' }).pipe(dest('dist'));

// Without `encoding: false` gulp 5 reads icons as text, which breaks pixel formats.
const icons = () => src('nodes/**/*.{svg,png}', { base: '.', encoding: false }).pipe(dest('dist'));

exports.build = series(clean, parallel(bundle, codex, icons));
