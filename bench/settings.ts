/** How n8n runs in a part of the benchmark. */
export interface Settings {
	name: string;
	env: Record<string, string>;
	/** Deliveries under way at once, the same for every case. */
	connections: number;
}

/** n8n as it comes. Each open request holds an expression isolate there, so many would only fill the memory. */
export const DEFAULT: Settings = {
	name: 'default',
	env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'false' },
	connections: 64,
};

/** What docs/operating.md recommends. */
export const RECOMMENDED: Settings = {
	name: 'recommended',
	env: { N8N_EXPRESSION_ENGINE_LAZY_ACQUIRE: 'true' },
	connections: 200,
};

/** The recommended settings, each with one more change whose effect docs/operating.md tells. */
export const VARIANTS: Settings[] = [
	{
		name: 'successes not saved',
		env: { ...RECOMMENDED.env, EXECUTIONS_DATA_SAVE_ON_SUCCESS: 'none' },
		connections: RECOMMENDED.connections,
	},
];
