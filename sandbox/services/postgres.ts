import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../n8n/ports';
import { Program } from '../program';
import { output, succeeds, unlessRoot } from './commandLine';

/** A PostgreSQL server that lets this user in. */
export interface PostgresServer {
	host: string;
	port: number;
	user: string;
}

export interface Database extends PostgresServer {
	name: string;
}

/** A PostgreSQL of one's own, which may be killed. */
export interface OwnPostgres extends PostgresServer {
	kill(): Promise<void>;
	restart(): Promise<void>;
	close(): Promise<void>;
}

const INSTALLED = '/usr/lib/postgresql';

/** The server that psql's own variables name, else that on this machine. @throws when it can't be used, with what to do */
export async function givenPostgres(): Promise<PostgresServer> {
	// psql asks for no password here: it has one in PGPASSWORD or needs none.
	const { PGHOST = '127.0.0.1', PGPORT = '5432', PGUSER = 'postgres' } = process.env;
	const server = { host: PGHOST, port: Number(PGPORT), user: PGUSER };
	await sql({ ...server, name: 'postgres' }, 'SELECT 1').catch((error: Error) => {
		throw new Error(
			`No PostgreSQL at ${PGHOST}:${PGPORT} for ${PGUSER}: start one, or name one by PGHOST, PGPORT, PGUSER and PGPASSWORD (${error.message.trim()})`,
		);
	});
	return server;
}

/** A database with a name that nobody else uses. */
export async function createDatabase(server: PostgresServer): Promise<Database> {
	const name = `klaviyo_meiro_${randomBytes(6).toString('hex')}`;
	await sql({ ...server, name: 'postgres' }, `CREATE DATABASE ${name}`);
	return { ...server, name };
}

/** Ends the connections that are still there, too. */
export async function dropDatabase({ name, ...server }: Database): Promise<void> {
	await sql({ ...server, name: 'postgres' }, `DROP DATABASE ${name} WITH (FORCE)`);
}

export async function databaseBytes(database: Database): Promise<number> {
	return Number(await sql(database, 'SELECT pg_database_size(current_database())'));
}

async function sql({ host, port, user, name }: Database, statement: string): Promise<string> {
	const where = ['-w', '-h', host, '-p', String(port), '-U', user, '-d', name];
	return await output('psql', [
		...where,
		'--no-psqlrc',
		'-v',
		'ON_ERROR_STOP=1',
		'-Atc',
		statement,
	]);
}

/** Starts a PostgreSQL on a free port with a folder of its own, everything else as it comes. */
export async function startPostgres(): Promise<OwnPostgres> {
	const bin = binaries();
	const user = unlessRoot('postgres');
	const folder = await mkdtemp(join(tmpdir(), 'klaviyo-meiro-postgres-'));
	const data = join(folder, 'data');
	await mkdir(data, { mode: 0o700 });
	if (user) for (const path of [folder, data]) await chown(path, user.uid, user.gid);
	await output(
		join(bin, 'initdb'),
		['-D', data, '-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--locale=C'],
		{
			...user,
			cwd: folder,
		},
	);
	const server = { host: '127.0.0.1', port: await freePort(5532), user: 'postgres' };
	const program = new Program({
		command: join(bin, 'postgres'),
		args: ['-D', data, '-p', String(server.port), '-k', folder, '-c', 'listen_addresses=127.0.0.1'],
		cwd: folder,
		user,
		logFile: join(folder, 'postgres.log'),
		isReady: async () =>
			await succeeds(join(bin, 'pg_isready'), ['-q', '-h', server.host, '-p', String(server.port)]),
		readyWithinMs: 60_000,
		stopWithinMs: 20_000,
		// After a kill it can't start before the last of its children is gone.
		keepUp: true,
	});
	await program.start();
	return {
		...server,
		kill: async () => await program.kill(),
		restart: async () => await program.start(),
		async close() {
			await program.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

/** Debian keeps the server's programs out of PATH, by version. */
function binaries(): string {
	const versions = existsSync(INSTALLED) ? readdirSync(INSTALLED) : [];
	const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
	if (newest === undefined)
		throw new Error(`No PostgreSQL server in ${INSTALLED}: apt-get install postgresql`);
	return join(INSTALLED, newest, 'bin');
}
