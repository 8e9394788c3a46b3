/** A package.json, as far as tests look at it. */
export interface Manifest {
	name: string;
	version: string;
	n8n: { nodes: string[]; credentials: string[] };
	[key: string]: unknown;
}

/** Those of the packages for one service each. */
export const MANIFESTS: Manifest[];
/** Folder of a package's manifest and README. */
export function folderOf(name: string): string;
/** A manifest as it stands in its file. */
export function text(manifest: Manifest): string;
