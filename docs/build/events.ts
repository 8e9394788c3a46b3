// Writes docs/events.md and meiro/. Run: npm run docs:events
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { eventsPage } from './eventsPage';
import { meiroFiles } from './meiro/files';

const ROOT = join(__dirname, '../..');

for (const [path, text] of Object.entries({ 'docs/events.md': eventsPage(), ...meiroFiles() })) {
	const file = join(ROOT, path);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, text);
	console.log(`Written: ${path}`);
}
