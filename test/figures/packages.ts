// Lints the packages as n8n does before it verifies one. Run: npm run check:package [-- --report FILE]
// n8n's scan wants a published package, as it goes by the provenance that npm keeps; its rules need none, so they are
// put to the files: those of the source, and those that are packed. What a comment switches off counts, too.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { MANIFESTS } from '../../packages/manifests.js';

const HOME = join(__dirname, '../..');

interface Scanner {
	analyzePackage(
		folder: string,
		patterns: string[],
	): Promise<{ passed: boolean; message?: string; details?: string }>;
	SOURCE_FILE_PATTERNS: string[];
}

async function main(): Promise<boolean> {
	const { values } = parseArgs({ options: { report: { type: 'string' } } });
	const scanner = (await import(
		// No TypeScript types are published for it.
		String('@n8n/scan-community-package/scanner/scanner.mjs')
	)) as Scanner;
	const { analyzePackage, SOURCE_FILE_PATTERNS: source } = scanner;
	const packed = ['**/*.js', 'package.json'];
	const looks: Array<[name: string, folder: string, patterns: string[]]> = [
		['the source of all', '.', source],
		['n8n-nodes-klaviyo-meiro as packed', '.', ['dist/**/*.js', 'package.json']],
		...MANIFESTS.flatMap(({ name }): typeof looks => [
			[`${name}, its manifest`, join('packages', name), source],
			[`${name} as packed`, join('dist-packages', name), packed],
		]),
	];
	const checks = [];
	for (const [name, folder, patterns] of looks) {
		const {
			passed,
			message = '',
			details = '',
		} = await analyzePackage(join(HOME, folder), patterns);
		checks.push({ name, ok: passed });
		console.log(
			`${passed ? 'ok    ' : 'FAILED'} ${name}${passed ? '' : `: ${message}\n${details}`}`,
		);
	}
	const ok = checks.every((check) => check.ok);
	if (values.report)
		writeFileSync(values.report, `${JSON.stringify({ ok, checks }, null, '\t')}\n`);
	return ok;
}

main().then(
	(ok) => (process.exitCode = ok ? 0 : 1),
	(error: unknown) => {
		console.error(error);
		process.exitCode = 1;
	},
);
