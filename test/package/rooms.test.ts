import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';

import { rooms } from '../../rooms.json';

const HOME = join(__dirname, '../..');

const CASES = [
	{
		file: 'nodes/shared/event/x.ts',
		may: ['./contract', 'n8n-workflow'],
		mustNot: ['../../Klaviyo/api/revision', '../http/retry', '../../../sandbox/program'],
	},
	{
		file: 'nodes/Klaviyo/normalise/x.ts',
		may: ['../../shared/event/contract', './clean'],
		mustNot: [
			'../api/revision',
			'../trigger/recipes',
			'../../shared/http/retry',
			'../../MeiroEvents/build/take',
		],
	},
	{
		file: 'nodes/MeiroCdp/actions/customerEvent/x.ts',
		may: ['../../../MeiroEvents/build/take', '../../../shared/http/retry'],
		mustNot: ['../../../Klaviyo/api/revision', '../../../MeiroEvents/MeiroEvents.node'],
	},
	{
		file: 'sandbox/x.ts',
		may: ['./program', 'fastify'],
		mustNot: [
			'../nodes/shared/event/contract',
			'../credentials/MeiroCdpApi.credentials',
			'../bench/load',
		],
	},
	{
		file: 'bench/x.ts',
		may: ['../sandbox/program', './load'],
		mustNot: ['../nodes/shared/event/contract'],
	},
];

/** One ESLint judges all texts: starting it costs seconds. It runs outside of jest, which can't load its configuration. */
const JUDGE = `
import { ESLint } from 'eslint';
import { readFileSync } from 'node:fs';
const eslint = new ESLint({ overrideConfigFile: 'eslint.rooms.config.mjs' });
const files = JSON.parse(readFileSync(0, 'utf8'));
const judged = await Promise.all(files.map(async ({ filePath, text }) => await eslint.lintText(text, { filePath })));
console.log(JSON.stringify(judged.map(([{ messages }]) => messages)));
`;

interface Message {
	ruleId: string;
	line: number;
}

/** What lint says of each file with these imports. */
function judged(files: Array<{ file: string; imports: string[] }>): Message[][] {
	const input = files.map(({ file, imports }) => ({
		filePath: join(HOME, file),
		text: imports.map((path) => `import '${path}';\n`).join(''),
	}));
	const run = spawnSync(process.execPath, ['--input-type=module', '--eval', JUDGE], {
		cwd: HOME,
		encoding: 'utf8',
		input: JSON.stringify(input),
	});
	expect(run.stderr).toBe('');
	return JSON.parse(run.stdout) as Message[][];
}

describe('which folder may import which', () => {
	const messages = judged(
		CASES.map(({ file, may, mustNot }) => ({ file, imports: [...may, ...mustNot] })),
	);

	it.each(CASES.map((each, index) => ({ ...each, index })))(
		'is told by lint in $file',
		({ may, mustNot, index }) => {
			const imports = [...may, ...mustNot];
			const found = messages[index]!;
			expect(new Set(found.map(({ ruleId }) => ruleId))).toEqual(
				new Set(['import-x/no-restricted-paths']),
			);
			expect([...new Set(found.map(({ line }) => imports[line - 1]))]).toEqual(mustNot);
		},
	);

	it('is said of every folder of the nodes', () => {
		const known = new Set(rooms.map(({ folder }) => folder));
		const folders = readdirSync(join(HOME, 'nodes')).flatMap((node) => [
			`nodes/${node}`,
			...readdirSync(join(HOME, 'nodes', node), { withFileTypes: true })
				.filter((entry) => entry.isDirectory())
				.map(({ name }) => `nodes/${node}/${name}`),
		]);
		expect(folders.filter((folder) => !known.has(folder))).toEqual([]);
	});
});
