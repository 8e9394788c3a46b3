import type { Database } from '../services/postgres';
import type { RedisSpace } from '../services/redis';

/** What docs/operating.md recommends for every n8n that takes deliveries. */
export const RECOMMENDED = {
	N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true',
	N8N_UNVERIFIED_PACKAGES_ENABLED: 'true',
};

/** https://docs.n8n.io/hosting/configuration/environment-variables/ : nothing leaves the machine. */
export const QUIET = Object.fromEntries(
	[
		'DIAGNOSTICS',
		'VERSION_NOTIFICATIONS',
		'VERSION_NOTIFICATIONS_WHATS_NEW',
		'TEMPLATES',
		'PERSONALIZATION',
		'HIRING_BANNER',
		'DYNAMIC_BANNERS',
		'VERIFIED_PACKAGES',
	].map((name) => [`N8N_${name}_ENABLED`, 'false']),
);

/** n8n on PostgreSQL instead of SQLite. */
export function postgresSettings({ host, port, user, name }: Database): Record<string, string> {
	return {
		DB_TYPE: 'postgresdb',
		DB_POSTGRESDB_HOST: host,
		DB_POSTGRESDB_PORT: String(port),
		DB_POSTGRESDB_DATABASE: name,
		DB_POSTGRESDB_USER: user,
		// psql's own variable, so that n8n comes in where psql does.
		...(process.env.PGPASSWORD === undefined
			? {}
			: { DB_POSTGRESDB_PASSWORD: process.env.PGPASSWORD }),
		// By default two: what waits for a connection for more than 20 s fails, also what n8n has to check before it saves.
		DB_POSTGRESDB_POOL_SIZE: '10',
	};
}

/** Queue mode, the same for main, webhook processes and workers: https://docs.n8n.io/hosting/scaling/queue-mode/ */
export function queueSettings(
	database: Database,
	{ host, port, number, prefix }: RedisSpace,
): Record<string, string> {
	return {
		...postgresSettings(database),
		EXECUTIONS_MODE: 'queue',
		QUEUE_BULL_REDIS_HOST: host,
		QUEUE_BULL_REDIS_PORT: String(port),
		QUEUE_BULL_REDIS_DB: String(number),
		QUEUE_BULL_PREFIX: `${prefix}-bull`,
		N8N_REDIS_KEY_PREFIX: prefix,
	};
}
