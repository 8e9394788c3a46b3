// Runs before any import of a test: n8n-core reads these when it is loaded, and writes its settings to this folder.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

process.env.N8N_USER_FOLDER = mkdtempSync(join(tmpdir(), 'n8n-core-'));
process.env.N8N_LOG_LEVEL = 'silent';
