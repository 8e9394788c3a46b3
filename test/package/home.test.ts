import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import manifest from '../../package.json';

const ROOT = join(__dirname, '../..');
const OWN = /https:\/\/github\.com\/[\w.-]+\/n8n-nodes-klaviyo-meiro/g;

it('whose the package is and where it lives agrees with itself', () => {
	const { homepage, repository, bugs } = manifest;
	expect(repository.url).toBe(`git+${homepage}.git`);
	expect(bugs.url).toBe(`${homepage}/issues`);
});

it('every address of the project is the one of package.json, so that npm run rehome finds them all', () => {
	const files = execFileSync('git', ['grep', '-lI', 'https://github.com/'], {
		cwd: ROOT,
		encoding: 'utf8',
	});
	const strange = files
		.trim()
		.split('\n')
		.flatMap((file) =>
			[...readFileSync(join(ROOT, file), 'utf8').matchAll(OWN)].map(([url]) => `${file}: ${url}`),
		)
		.filter((found) => !found.endsWith(`: ${manifest.homepage}`));
	expect(strange).toEqual([]);
});
