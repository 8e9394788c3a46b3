// tsx sandbox/klaviyo/main.ts [--port 4300] [--time-scale 300]
import { parseArgs } from 'node:util';

import { startKlaviyo } from './index';

async function main(): Promise<void> {
	const { values } = parseArgs({
		options: { port: { type: 'string' }, 'time-scale': { type: 'string' } },
	});
	const klaviyo = await startKlaviyo({
		port: numberOf('port', values.port, (port) => Number.isInteger(port) && port < 65536) ?? 4300,
		timeScale: numberOf('time-scale', values['time-scale'], (scale) => scale > 0),
	});

	const { timeScale, retry_waits_ms: waits } = klaviyo.state();
	const seconds = Math.round(waits.reduce((sum, wait) => sum + wait, 0) / 1000);
	console.log(`Klaviyo stand-in  ${klaviyo.url}`);
	console.log(`API               ${klaviyo.apiUrl}/api`);
	console.log(`flows             ${klaviyo.url}/_sandbox/flows`);
	console.log(`activity          ${klaviyo.urls.activity}`);
	console.log(`time              ${timeScale} times faster: 24 h of retries take ${seconds} s`);

	const stop = () => {
		void klaviyo.close().then(() => console.log('closed'));
	};
	process.once('SIGINT', stop);
	process.once('SIGTERM', stop);
}

function numberOf(
	name: string,
	text: string | undefined,
	isRight: (value: number) => boolean,
): number | undefined {
	if (text === undefined) return undefined;
	const value = Number(text);
	if (text.trim() === '' || !(value >= 0) || !isRight(value)) {
		throw new Error(`--${name} cannot be ${text}`);
	}
	return value;
}

main().catch((error: unknown) => {
	console.error(error instanceof Error ? error.message : error);
	process.exitCode = 1;
});
