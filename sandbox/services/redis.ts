import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { freePort } from '../n8n/ports';
import { Program } from '../program';
import { output } from './commandLine';

export interface RedisServer {
	host: string;
	port: number;
}

/** A number and keys of one's own on a Redis that others may use as well. */
export interface RedisSpace extends RedisServer {
	/** Which of the server's numbered databases. */
	number: number;
	/** Every key and every channel begins with it: channels are the same for all numbers. */
	prefix: string;
}

/** A Redis of one's own, which may be killed. */
export interface OwnRedis extends RedisServer {
	kill(): Promise<void>;
	/** With what its log on disk has. */
	restart(): Promise<void>;
	/** With nothing, as one that keeps nothing on disk. */
	restartEmpty(): Promise<void>;
	close(): Promise<void>;
}

/** The server that REDIS_HOST and REDIS_PORT name, else that on this machine. @throws when it can't be used */
export async function givenRedis(): Promise<RedisServer> {
	const { REDIS_HOST = '127.0.0.1', REDIS_PORT = '6379' } = process.env;
	const server = { host: REDIS_HOST, port: Number(REDIS_PORT) };
	if (!(await answers(server))) {
		throw new Error(
			`No Redis at ${REDIS_HOST}:${REDIS_PORT}: start one, or name one by REDIS_HOST and REDIS_PORT`,
		);
	}
	return server;
}

/** The highest number with nothing in it; 0, which every Redis has, where all are in use. */
export async function ownSpace(server: RedisServer): Promise<RedisSpace> {
	const [, databases] = (await command(server, ['CONFIG', 'GET', 'databases'])).split('\n');
	// Some hosted ones tell nothing of their settings.
	let number = (Number(databases) || 1) - 1;
	while (number > 0 && (await command(server, ['-n', String(number), 'DBSIZE'])) !== '0') number--;
	return { ...server, number, prefix: `klaviyo-meiro-${randomBytes(6).toString('hex')}` };
}

/** Removes every key of the space, and no other: somebody else may have chosen the same number since. */
export async function clearSpace({ prefix, number, ...server }: RedisSpace): Promise<void> {
	const script = "for _, key in ipairs(redis.call('KEYS', ARGV[1])) do redis.call('DEL', key) end";
	await command(server, ['-n', String(number), 'EVAL', script, '0', `${prefix}*`]);
}

/** Starts a Redis on a free port that writes every change to its log on disk, as n8n's queue needs it. */
export async function startRedis(): Promise<OwnRedis> {
	const folder = await mkdtemp(join(tmpdir(), 'klaviyo-meiro-redis-'));
	const server = { host: '127.0.0.1', port: await freePort(6479) };
	const log = join(folder, 'appendonlydir');
	const program = new Program({
		command: 'redis-server',
		args: [
			'--bind',
			server.host,
			'--port',
			String(server.port),
			'--dir',
			folder,
			'--save',
			'',
			'--appendonly',
			'yes',
		],
		cwd: folder,
		logFile: join(folder, 'redis.log'),
		isReady: async () => await answers(server),
		readyWithinMs: 30_000,
		stopWithinMs: 10_000,
	});
	await program.start();
	return {
		...server,
		kill: async () => await program.kill(),
		restart: async () => await program.start(),
		async restartEmpty() {
			await rm(log, { recursive: true, force: true });
			await program.start();
		},
		async close() {
			await program.stop();
			await rm(folder, { recursive: true, force: true });
		},
	};
}

async function answers(server: RedisServer): Promise<boolean> {
	return (await command(server, ['PING']).catch(() => '')) === 'PONG';
}

async function command({ host, port }: RedisServer, words: string[]): Promise<string> {
	return await output('redis-cli', ['-h', host, '-p', String(port), ...words]);
}
