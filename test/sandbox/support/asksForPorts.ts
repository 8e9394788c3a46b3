// Asks for three ports at once, tells them to the process that forked it, and keeps them until that lets go of it.
import { freePort } from '../../../sandbox/n8n/ports';

async function main(): Promise<void> {
	const from = Number(process.argv[2]);
	process.once('disconnect', () => process.exit());
	process.send!(await Promise.all([freePort(from), freePort(from), freePort(from)]));
}

void main();
