// Stays up as the demo does: starts a program, waits for the end, ends it. Run with the file that it logs to.
import axios from 'axios';

import { interruption } from '../../../sandbox/interruption';
import { freePort } from '../../../sandbox/n8n/ports';
import { Program } from '../../../sandbox/program';

async function main(logFile: string): Promise<void> {
	const interrupted = interruption();
	const port = await freePort(7300);
	const program = new Program({
		command: process.execPath,
		args: [
			'-e',
			`require('node:http').createServer((_, r) => r.end()).listen(${port}, '127.0.0.1')`,
		],
		cwd: process.cwd(),
		logFile,
		isReady: async () =>
			await axios.get(`http://127.0.0.1:${port}`).then(
				() => true,
				() => false,
			),
		readyWithinMs: 60_000,
		stopWithinMs: 10_000,
	});
	await program.start();
	console.log(`running ${process.pid} ${program.pid}`);
	await interrupted;
	await program.stop();
}

main(process.argv[2]!).then(
	() => process.exit(0),
	() => process.exit(1),
);
