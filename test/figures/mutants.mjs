// Changes the code in a thousand places, one at a time, and looks whether a unit test notices: Stryker over nodes/shared
// and nodes/Klaviyo/normalise, on a seeded sample. Run: npm run test:mutants [-- --sample 1000] [-- --seed 20310203]
import { createHash } from 'node:crypto';
import { relative } from 'node:path';
import { parseArgs } from 'node:util';
import { Stryker } from '@stryker-mutator/core';
import { Instrumenter } from '@stryker-mutator/instrumenter';

/** In percent; told, not enforced. */
const AIM = 80;

const { values } = parseArgs({
	options: {
		sample: { type: 'string', default: '1000' },
		seed: { type: 'string', default: '20310203' },
		mutate: { type: 'string', default: 'nodes/{shared,Klaviyo/normalise}/**/*.ts' },
	},
});

/** By what a mutant is, not where in the file: a change elsewhere leaves the sample as it is. */
function rankOf({ fileName, mutatorName, replacement, location }, source) {
	const file = relative(process.cwd(), fileName);
	const line = source.split('\n')[location.start.line]?.trim();
	const key = JSON.stringify([values.seed, file, mutatorName, replacement, line]);
	return createHash('sha256').update(key).digest('hex');
}

// Stryker takes no sample; what it is told to ignore it does not run.
const { instrument } = Instrumenter.prototype;
Instrumenter.prototype.instrument = async function (files, options) {
	const result = await instrument.call(this, files, options);
	const sources = new Map(files.map(({ name, content }) => [name, content]));
	const ranked = result.mutants
		.filter(({ status }) => status === undefined)
		.map((mutant) => ({ mutant, rank: rankOf(mutant, sources.get(mutant.fileName) ?? '') }))
		.sort((a, b) => (a.rank < b.rank ? -1 : 1));
	for (const { mutant } of ranked.slice(Number(values.sample))) {
		Object.assign(mutant, { status: 'Ignored', statusReason: 'Not in the sample' });
	}
	console.log(`${Math.min(ranked.length, Number(values.sample))} of ${ranked.length} mutants`);
	return result;
};

const results = await new Stryker({
	mutate: [values.mutate],
	testRunner: 'jest',
	jest: { configFile: 'jest.mutants.config.js' },
	coverageAnalysis: 'perTest',
	ignoreStatic: true,
	concurrency: 2,
	timeoutMS: 20_000,
	tempDirName: 'reports/mutants/tmp',
	reporters: ['json', 'html'],
	jsonReporter: { fileName: 'reports/mutants/mutants.json' },
	htmlReporter: { fileName: 'reports/mutants/mutants.html' },
	ignorePatterns: ['dist', 'reports', 'docs/images', '.ci'],
	allowEmpty: true,
	logLevel: 'warn',
}).runMutationTest();

const count = (...statuses) => results.filter(({ status }) => statuses.includes(status)).length;
const noticed = count('Killed', 'Timeout');
const missed = count('Survived', 'NoCoverage');
for (const { status, fileName, location, mutatorName, replacement } of results) {
	if (status !== 'Survived' && status !== 'NoCoverage') continue;
	const place = `${relative(process.cwd(), fileName)}:${location.start.line + 1}`;
	console.log(`${status} ${place} ${mutatorName}: ${String(replacement).slice(0, 60)}`);
}
const share = ((100 * noticed) / Math.max(1, noticed + missed)).toFixed(1);
console.log(`Mutants: ${noticed} of ${noticed + missed} noticed, ${share} % (aim ${AIM} %)`);
