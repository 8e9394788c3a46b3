// All tests on a real n8n. Run: npm run test:e2e [-- --n8n VERSION] [-- FILE …]; VERSION stands in sandbox/n8n/versions.json
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { chosenVersion } from '../../sandbox/n8n/versions';

const HOME = join(__dirname, '../..');

const { values, positionals } = parseArgs({
	options: { n8n: { type: 'string' } },
	allowPositionals: true,
});
const { version, role } = chosenVersion(values.n8n);
const files =
	role === 'refused' && positionals.length === 0 ? ['test/e2e/n8nFeatures'] : positionals;
console.log(`On n8n ${version}, the ${role}`);
mkdirSync(join(HOME, 'reports'), { recursive: true });
const { status } = spawnSync(
	process.execPath,
	[
		join(HOME, 'node_modules/jest/bin/jest.js'),
		// A test on a real n8n waits half of its time. Two share dist/ alone, which a build puts in place whole.
		...['--config', 'jest.e2e.config.js', '--maxWorkers=2', '--forceExit'],
		...['--json', '--outputFile', 'reports/e2e.json'],
		...files,
	],
	{ cwd: HOME, stdio: 'inherit', env: { ...process.env, SANDBOX_N8N: version } },
);
process.exitCode = status ?? 1;
