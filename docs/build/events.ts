// Writes docs/events.md. Run: npm run docs:events
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { dictionary } from './dictionary';

const file = join(__dirname, '../events.md');
writeFileSync(file, dictionary());
console.log(`Written: ${file}`);
