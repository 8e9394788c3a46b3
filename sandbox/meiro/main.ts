import { parseArgs } from 'node:util';
import { defaultUser } from './cdp/seeds';
import { startMeiro } from './index';
import { defaultProfileToken } from './profileApi';

const usage = `Usage: tsx sandbox/meiro/main.ts [--port 4400] [--database FILE]
  [--sources a,b] [--pipes-sources a,b] [--event-types a,b]

Starts a stand-in for Meiro on 127.0.0.1 until it is interrupted. Without --database its events
are gone afterwards. Without the lists every source and every event type is known.`;

/** The options of the command line. Throws TypeError or RangeError for what cannot be used. */
function readOptions(args: string[]) {
	const { values } = parseArgs({
		args,
		options: {
			port: { type: 'string', default: '4400' },
			database: { type: 'string' },
			sources: { type: 'string' },
			'pipes-sources': { type: 'string' },
			'event-types': { type: 'string' },
			help: { type: 'boolean', default: false },
		},
	});
	const port = Number(values.port);
	if (!/^\d+$/.test(values.port) || port > 65535) throw new RangeError('--port must be 0 to 65535');
	return {
		help: values.help,
		port,
		databaseFile: values.database,
		sources: values.sources?.split(','),
		pipesSources: values['pipes-sources']?.split(','),
		eventTypes: values['event-types']?.split(','),
	};
}

async function main(): Promise<void> {
	let options: ReturnType<typeof readOptions>;
	try {
		options = readOptions(process.argv.slice(2));
	} catch (error) {
		console.error(`${messageOf(error)}\n\n${usage}`);
		process.exitCode = 2;
		return;
	}
	if (options.help) return console.log(usage);

	const meiro = await startMeiro(options);
	const stop = () => {
		// A second signal then ends the process at once.
		process.off('SIGINT', stop).off('SIGTERM', stop);
		meiro.close().catch(fail);
	};
	process.on('SIGINT', stop).on('SIGTERM', stop);
	console.log(`Meiro stand-in  ${meiro.url}
Webhook source  ${meiro.url}/<source>?event_name=<name>
Pipes           ${meiro.url}/collect/<slug>
CDP API         ${meiro.cdp.url}  (${defaultUser.email}, password ${defaultUser.password})
Audience API    ${meiro.url}/wbs?attribute=<id>&value=<value>&segment=<number>
Profile API     ${meiro.url}/profile-api/<slug>  (X-API-Token: ${defaultProfileToken})
Monitor         ${meiro.urls.monitor}
Events          ${meiro.urls.events}`);
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

function fail(error: unknown): void {
	console.error(messageOf(error));
	process.exitCode = 1;
}

main().catch(fail);
