// Installs what the commands need. npm says nothing in a log until it has ended, so this tells how far it is.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const TELL_EVERY_MS = 3_500;
const ARGUMENTS = [
	'install',
	'--ignore-scripts',
	'--no-save',
	'--prefer-offline',
	'--loglevel=error',
];

const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
const wanted = Object.keys(packages).filter((path) => path !== '' && !packages[path].optional);
const started = Date.now();

const timer = setInterval(() => {
	const there = wanted.filter((path) => existsSync(`${path}/package.json`)).length;
	const seconds = Math.round((Date.now() - started) / 1000);
	console.log(`Installing: ${there} of ${wanted.length} packages (${seconds} s)`);
}, TELL_EVERY_MS);

// npm is a script that only a shell can start on Windows.
const npm = spawn('npm', ARGUMENTS, { stdio: 'inherit', shell: process.platform === 'win32' });
npm.on('close', (code) => {
	clearInterval(timer);
	process.exitCode = code ?? 1;
});
