// Installs the n8n that the tests and the demo run on, where it is not there yet. Run: npx tsx sandbox/n8n/install.ts
import { ensureN8n } from './cache';

void ensureN8n(console.log).then(({ version, directory }) =>
	console.log(`n8n ${version} is installed in ${directory}`),
);
