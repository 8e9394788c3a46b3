// Moves the project: whose it is and where it lives, wherever that is written. package.json is the place that counts.
// Run: npm run rehome -- --home https://github.com/OWNER/REPOSITORY --name 'NAME' --email ADDRESS --owners @TEAM
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
	options: {
		home: { type: 'string' },
		name: { type: 'string' },
		email: { type: 'string' },
		owners: { type: 'string' },
	},
});
const { homepage, author } = JSON.parse(readFileSync('package.json', 'utf8'));
const owners = /@\S+/.exec(readFileSync('.github/CODEOWNERS', 'utf8'))[0];
const changes = [
	[homepage, values.home?.replace(/\/$/, '')],
	[author.name, values.name],
	[author.email, values.email],
	[owners, values.owners],
].filter(([, to]) => to !== undefined);
const tracked = execFileSync('git', ['ls-files', '-z'], { encoding: 'utf8' }).split('\0');
for (const file of tracked.filter((name) =>
	/\.(ts|js|mjs|json|md|ya?ml)$|CODEOWNERS$/.test(name),
)) {
	const before = readFileSync(file, 'utf8');
	const after = changes.reduce((text, [from, to]) => text.replaceAll(from, to), before);
	if (after === before) continue;
	writeFileSync(file, after);
	console.log(file);
}
