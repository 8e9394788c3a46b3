import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { N8N } from '../../nodes/shared/n8nFeatures';
import { chosenVersion, N8N_VERSIONS } from '../../sandbox/n8n/versions';

const ROOT = join(__dirname, '../..');

const text = (file: string) => readFileSync(join(ROOT, file), 'utf8');

/** Rows of the table in CONTRIBUTING.md that has a column for each n8n. */
function table(): string[][] {
	const lines = text('CONTRIBUTING.md').split('\n');
	const first = lines.findIndex((line) => line.startsWith('| Promise | Feature |'));
	const rows = lines.slice(first, lines.indexOf('', first));
	return rows.map((row) => row.split('|').map((cell) => cell.trim()));
}

describe('the table of what is looked for in n8n', () => {
	const [heads = [], , ...rows] = table();

	it('has a row for each feature', () => {
		expect(rows.map(([, , feature]) => feature)).toEqual(
			Object.keys(N8N).map((feature) => `\`${feature}\``),
		);
	});

	it.each(N8N_VERSIONS)('has the features of n8n $version', ({ version, features }) => {
		const column = heads.indexOf(version);
		const yes = rows.filter((row) => row[column] === 'yes').map(([, , feature]) => feature);
		expect(yes).toEqual(features.map((feature) => `\`${feature}\``));
		expect(column).toBeGreaterThan(0);
	});
});

it('n8n is refused where it answers before it has saved, and nowhere else', () => {
	const refused = N8N_VERSIONS.filter(({ role }) => role === 'refused');
	expect(refused).toEqual(
		N8N_VERSIONS.filter(({ features }) => !features.includes('answersWhenSaved')),
	);
	expect(chosenVersion('oldest')).toBe(N8N_VERSIONS[refused.length]);
});

it('the README, the packages and the sentence of a refusal name the oldest and the newest n8n', () => {
	const oldest = chosenVersion('oldest').version;
	const tried = new RegExp(`[Tt]ried:? (on )?${oldest} and ${chosenVersion('').version}`);
	for (const folder of ['', 'packages/n8n-nodes-klaviyo/', 'packages/n8n-nodes-meiro/']) {
		expect(text(`${folder}README.md`)).toContain(`n8n ${oldest} or newer`);
		expect(text(`${folder}README.md`)).toMatch(tried);
	}
	expect(text('nodes/shared/n8nFeatures.ts')).toContain(`Update n8n to ${oldest} or newer`);
});

it('a release is tried on every n8n', () => {
	const [, matrix] = /n8n: \[(.+)\]/.exec(text('.github/workflows/release.yml'))!;
	const others = N8N_VERSIONS.slice(0, -1).map(({ version }) => version);
	expect(matrix!.split(', ').sort()).toEqual(others.sort());
});
