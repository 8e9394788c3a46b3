// Which folder may import which, as rooms.json has it: a file imports from its own room, the rooms named there, and
// packages. The nodes' own rules are in eslint.config.mjs, which n8n's package check wants as it is.
import { readFileSync } from 'node:fs';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { configWithoutCloudSupport } from '@n8n/node-cli/eslint';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';

const home = dirname(fileURLToPath(import.meta.url));
const { open, rooms } = JSON.parse(readFileSync(`${home}/rooms.json`, 'utf8'));
const ALL = ['bench', 'credentials', 'docs', 'nodes', 'sandbox', 'templates', 'test'];

/** What a room must not import: of each folder at the top all but what it may. */
function zonesOf({ folder, mayImport }) {
	const allowed = [folder, ...mayImport, ...open];
	return ALL.map((top) => ({
		target: `./${folder}`,
		from: `./${top}`,
		except: allowed
			.filter((path) => path === top || path.startsWith(`${top}/`))
			.map((path) => `./${relative(top, path)}`),
		message: `${folder} imports from ${[...mayImport, 'packages'].join(', ')} alone (rooms.json).`,
	}));
}

export default [
	{
		files: ['{bench,credentials,nodes,sandbox}/**/*.ts'],
		plugins: { 'import-x': importX },
		languageOptions: {
			parser: configWithoutCloudSupport
				.map(({ languageOptions }) => languageOptions?.parser)
				.find((parser) => parser !== undefined),
		},
		linterOptions: { reportUnusedDisableDirectives: 'off' },
		settings: {
			'import-x/extensions': ['.ts'],
			'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.json', '.js'] })],
		},
		rules: {
			'import-x/no-restricted-paths': ['error', { basePath: home, zones: rooms.flatMap(zonesOf) }],
		},
	},
];
