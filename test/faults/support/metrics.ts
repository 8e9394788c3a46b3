import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import axios from 'axios';

import type { Instance } from '../../../sandbox/instance';

const PAGE = join(__dirname, '../../../docs/operating.md');

/** What the page says has to be switched on. */
export const ALL_METRICS = {
	N8N_METRICS_INCLUDE_WEBHOOK_METRICS: 'true',
	N8N_METRICS_INCLUDE_MESSAGE_EVENT_BUS_METRICS: 'true',
	N8N_METRICS_INCLUDE_WORKFLOW_ID_LABEL: 'true',
};

export interface NamedMetrics {
	named: number;
	missing: string[];
}

/** Whether n8n has the metrics that docs/operating.md names, but for those of queue mode. Executions must have failed before. */
export async function findNamedMetrics({ n8n }: Instance): Promise<NamedMetrics> {
	const named = [...new Set(readFileSync(PAGE, 'utf8').match(/\bn8n_[a-z0-9_]+/g))].filter(
		(name) => !name.includes('scaling_mode'),
	);
	const { data } = await axios.get<string>(`${n8n.url}/metrics`);
	return {
		named: named.length,
		missing: named.filter((name) => !new RegExp(`^${name}[{ ]`, 'm').test(data)),
	};
}
