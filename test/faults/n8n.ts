import { RECOMMENDED } from '../../bench/settings';
import { startInstance } from '../../sandbox/instance';
import { ensureN8n } from '../../sandbox/n8n/cache';
import { askInnerAddresses, PROTECTED } from './support/innerAddresses';
import { ALL_METRICS, findNamedMetrics } from './support/metrics';
import { atLeast, atMost, none, type Findings } from './support/report';
import { huntSecrets } from './support/secretsHunt';
import { sendStrangers } from './support/strangers';

/** 4 requests at once, each unpacked to no more than n8n's limit of 16 MB, some of it parsed into objects. */
const MAX_ADDED_MB = 700;

/** What a stranger gets at over the wire, and whether a real n8n with its log wide open keeps a secret anywhere. */
export async function n8nFindings(): Promise<Findings> {
	const installation = await ensureN8n(console.log);
	const env = { ...RECOMMENDED.env, ...PROTECTED, ...ALL_METRICS, N8N_LOG_LEVEL: 'debug' };
	const instance = await startInstance(installation, env);
	try {
		const secrets = await huntSecrets(instance, installation);
		const inner_addresses = await askInnerAddresses(instance);
		const metrics = await findNamedMetrics(instance);
		// Memory that earlier work took would hide what strangers take.
		await instance.n8n.stop();
		await instance.n8n.restart();
		const strangers = await sendStrangers(instance, installation);
		return {
			checks: [
				none(
					'secrets found in database, log, files, answers',
					secrets.found,
					secrets.secrets * secrets.places,
				),
				atLeast('executions that were searched for secrets', secrets.executions, 50),
				none('searches for secrets that would find nothing', secrets.search_works ? 0 : 1),
				none(
					'requests to inner addresses that n8n protects',
					inner_addresses.reached,
					inner_addresses.tried,
				),
				none(
					'metrics of docs/operating.md that n8n does not have',
					metrics.missing.length,
					metrics.named,
				),
				none('strangers accepted', strangers.accepted, strangers.tried),
				none('honest deliveries refused after them', strangers.honest ? 0 : 1),
				atMost('MB that huge, deep and packed bodies add', strangers.added_mb, MAX_ADDED_MB),
			],
			figures: { secrets, inner_addresses, metrics, strangers },
			notes: [],
		};
	} finally {
		await instance.close();
	}
}
