import { join } from 'node:path';

import VERSIONS from './versions.json';

const ROOT = join(__dirname, '../..');

/** An n8n that the package is tried on. */
export interface N8nVersion {
	version: string;
	/** On one that is refused, only that it is refused is played. */
	role: string;
	/** Folder with the package.json and the lock file by which it is installed. */
	manifests: string;
	/** What nodes/shared/n8nFeatures.ts finds in it. */
	features: string[];
}

/** All of them, the oldest first and the newest last. */
export const N8N_VERSIONS: readonly N8nVersion[] = VERSIONS.map((one) => ({
	...one,
	manifests: join(ROOT, one.manifests),
}));

/** The n8n that SANDBOX_N8N names, else the newest. @throws when there is no such one */
export function chosenVersion(name = process.env.SANDBOX_N8N): N8nVersion {
	if (name === undefined || name === '') return N8N_VERSIONS.at(-1)!;
	const found = N8N_VERSIONS.find(({ version, role }) => version === name || role.startsWith(name));
	if (found !== undefined) return found;
	const known = N8N_VERSIONS.map(({ version, role }) => `${version} (${role})`).join(', ');
	throw new Error(`No n8n ${name} in sandbox/n8n/versions.json. There are: ${known}`);
}
