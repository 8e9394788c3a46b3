// Writes what templates cost: the table of docs/templates.md and the last line of each template's first note.
// Run: npm run docs:templates
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { writeSections } from '../../bench/section';
import { EXECUTIONS, executionsTable, templates, withExecutionsLine } from './executions';

for (const [name, template] of Object.entries(templates())) {
	const text = JSON.stringify(withExecutionsLine(template), null, '\t');
	writeFileSync(join(__dirname, '../../templates', `${name}.json`), `${text}\n`);
}
writeSections('docs/templates.md', { [EXECUTIONS]: executionsTable() });
console.log('Written: docs/templates.md, templates/');
