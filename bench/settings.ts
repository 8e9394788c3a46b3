/** How n8n runs in a part of the benchmark. */
export interface Settings {
	name: string;
	env: Record<string, string>;
}

/** n8n as it comes. */
export const DEFAULT: Settings = { name: 'default', env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'false' } };

/** What docs/operating.md recommends. */
export const RECOMMENDED: Settings = {
	name: 'recommended',
	env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' },
};

/** The recommended settings, each with one more change whose effect docs/operating.md tells. */
export const VARIANTS: Settings[] = [
	{
		name: 'successes not saved',
		env: { ...RECOMMENDED.env, EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'none' },
	},
];
