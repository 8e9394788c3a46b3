// Looks for copied code in nodes/, of 10 lines or more. Run: npm run check:copies
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const HOME = join(__dirname, '../..');
const OUT = 'reports/copies';

interface Place {
	name: string;
	startLoc: { line: number };
}

interface Copy {
	lines: number;
	firstFile: Place;
	secondFile: Place;
}

const { status, stderr } = spawnSync(
	process.execPath,
	[
		join(HOME, 'node_modules/jscpd/bin/jscpd'),
		'nodes',
		...['--min-lines', '10', '--format', 'typescript', '--silent'],
		...['--reporters', 'json', '--output', OUT],
	],
	{ cwd: HOME, encoding: 'utf8' },
);
if (status !== 0) throw new Error(`jscpd ended with ${status}: ${stderr}`);

const { duplicates } = JSON.parse(readFileSync(join(HOME, OUT, 'jscpd-report.json'), 'utf8')) as {
	duplicates: Copy[];
};
const placeOf = ({ name, startLoc }: Place) => `${name}:${startLoc.line}`;
for (const { lines, firstFile, secondFile } of duplicates.sort((a, b) => b.lines - a.lines)) {
	console.log(`${lines} lines: ${placeOf(firstFile)} and ${placeOf(secondFile)}`);
}
console.log(`${duplicates.length} copies of 10 lines or more in nodes/`);
process.exitCode = duplicates.length === 0 ? 0 : 1;
