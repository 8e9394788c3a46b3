// What n8n has said yes to is saved: a database that takes nothing, and a kill.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

import type { Instance } from '../../sandbox/instance';
import type { N8nInstallation } from '../../sandbox/n8n/cache';
import { endsWithUs } from '../../sandbox/program';
import { withInstance } from './support/instance';
import { arrived, deliver, publishPair, until } from './support/workflows';

/** An n8n that answers before it has saved has done so long before that. */
const LONG_ENOUGH_MS = 3000;

/** Holds the lock until its standard input ends. */
const LOCK = `
const { Database } = require('sqlite3');
const database = new Database(process.argv[1]);
database.exec('PRAGMA busy_timeout = 60000; BEGIN IMMEDIATE', (error) => {
	if (error) throw error;
	console.log('locked');
});
process.stdin.resume().on('end', () => process.exit(0));
`;

let installation: N8nInstallation;
let instance: Instance;

withInstance((...started) => void ([instance, installation] = started));

/** Nothing but reading is possible in n8n's database from now on, as when a disk hangs. */
async function lockDatabase(): Promise<ChildProcess> {
	const child = spawn(
		join(installation.binDirectory, 'node'),
		['-e', LOCK, join(instance.folder, '.n8n/database.sqlite')],
		{ cwd: installation.directory, stdio: ['pipe', 'pipe', 'inherit'] },
	);
	endsWithUs(child);
	await once(child.stdout!, 'data');
	return child;
}

async function unlock(lock: ChildProcess): Promise<void> {
	lock.stdin!.end();
	await once(lock, 'close');
}

it('of three deliveries to a database that takes nothing none is answered 2xx, and after a kill all can be sent again', async () => {
	const { url, workflowId } = await publishPair(instance, { source: 'locked' });
	expect(await deliver(instance, url, 0)).toBe(200);
	await until(() => arrived(instance, 'locked').length === 1, 'the first arrived');

	const lock = await lockDatabase();
	const numbers = [1, 2, 3];
	const answers = Promise.all(numbers.map(async (number) => await deliver(instance, url, number)));
	await Promise.race([answers, wait(LONG_ENOUGH_MS)]);
	await instance.n8n.kill();
	const statuses = await answers;
	await unlock(lock);
	await instance.n8n.restart();
	expect(statuses.filter((status) => status !== null && status < 300)).toEqual([]);

	// As Klaviyo does.
	for (const number of numbers) expect(await deliver(instance, url, number)).toBe(200);
	await until(() => arrived(instance, 'locked').length >= 4, 'all arrived');
	expect(arrived(instance, 'locked').sort((a, b) => a - b)).toEqual([0, ...numbers]);
	expect(
		(await instance.client.executions(workflowId)).every(({ status }) => status === 'success'),
	).toBe(true);
}, 600_000);
