// PostgreSQL without a server: PGlite, in a process of its own, as Jest does not let it load its WebAssembly.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface, type Interface } from 'node:readline';

const SCRIPT = `
const { PGlite } = require('@electric-sql/pglite');
const database = new PGlite();
require('node:readline').createInterface({ input: process.stdin }).on('line', async (line) => {
	const { sql, values } = JSON.parse(line);
	const answer = await database.query(sql, values).then(
		({ rows }) => ({ rows }),
		(error) => ({ error: error.message }),
	);
	console.log(JSON.stringify(answer));
});
`;

type Row = Record<string, unknown>;

/** A database that is empty at the start. One query after the other; dates come as text. */
export class Postgres {
	private readonly child: ChildProcess = spawn(process.execPath, ['-e', SCRIPT], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});

	private readonly lines: Interface = createInterface({ input: this.child.stdout! });

	/** @throws Error with the database's words */
	async query(sql: string, values: unknown[] = []): Promise<Row[]> {
		const answered = new Promise<string>((resolve, reject) => {
			const ended = () => reject(new Error('The database ended'));
			this.child.once('exit', ended);
			this.lines.once('line', (line) => {
				this.child.off('exit', ended);
				resolve(line);
			});
		});
		this.child.stdin!.write(`${JSON.stringify({ sql, values })}\n`);
		const { rows, error } = JSON.parse(await answered) as { rows?: Row[]; error?: string };
		if (rows === undefined) throw new Error(`${error ?? ''}: ${sql}`);
		return rows;
	}

	close(): void {
		this.child.kill();
	}
}
