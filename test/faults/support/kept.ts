// Everything that an n8n keeps or prints, as one text.
import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** All rows of all tables: in the file itself a text may be cut by a page's end. */
const DUMP = `
	const { DatabaseSync } = require('node:sqlite');
	const database = new DatabaseSync(process.argv[1], { readOnly: true });
	for (const { name } of database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all()) {
		for (const row of database.prepare('SELECT * FROM "' + name + '"').all()) {
			for (const value of Object.values(row)) {
				if (typeof value === 'string') console.log(value);
				else if (value instanceof Uint8Array) console.log(Buffer.from(value).toString('latin1'));
			}
		}
	}`;

const MOST_BYTES = 1024 * 1024 * 1024;

/** The text of n8n's database, and of all other files below its home but the installed package. */
export async function everythingKept(
	home: string,
	node24: string,
): Promise<Record<string, string>> {
	const database = join(home, '.n8n/database.sqlite');
	const { stdout } = await promisify(execFile)(node24, ['-e', DUMP, database], {
		maxBuffer: MOST_BYTES,
	});
	const kept: Record<string, string> = { database: stdout };
	for (const name of await readdir(home, { recursive: true })) {
		if (name.includes('node_modules') || !(await stat(join(home, name))).isFile()) continue;
		kept[name] = await readFile(join(home, name), 'latin1');
	}
	return kept;
}

/** How often a secret stands in a text, in the spellings of JSON, URLs and Base64 as well. */
export function countSecret(secret: string, text: string): number {
	const spellings = new Set([
		secret,
		JSON.stringify(secret).slice(1, -1),
		encodeURIComponent(secret),
		Buffer.from(secret).toString('base64'),
	]);
	return [...spellings].reduce((sum, spelling) => sum + text.split(spelling).length - 1, 0);
}
