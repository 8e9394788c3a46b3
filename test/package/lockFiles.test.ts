import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

import { N8N_VERSIONS } from '../../sandbox/n8n/versions';

const ROOT = join(__dirname, '../..');

interface Locked {
	optionalDependencies?: Record<string, string>;
}

/** Optional packages that a package asks for, e.g. its binary for Windows, and that the lock file does not know. */
function unknownOptionals(packages: Record<string, Locked>): string[] {
	return Object.entries(packages).flatMap(([place, { optionalDependencies = {} }]) =>
		Object.keys(optionalDependencies).filter(
			(name) => !placesAbove(place).some((above) => `${above}node_modules/${name}` in packages),
		),
	);
}

/** Where Node.js looks for what the package there asks for. */
function placesAbove(place: string): string[] {
	if (place === '') return [''];
	const parent = place.slice(0, Math.max(0, place.lastIndexOf('node_modules/') - 1));
	return [`${place}/`, ...placesAbove(parent)];
}

describe.each([
	'package-lock.json',
	...N8N_VERSIONS.map(({ manifests }) => join(relative(ROOT, manifests), 'package-lock.json')),
])('%s', (file) => {
	it('knows the packages of every system, so that npm ci works on Linux, macOS and Windows', () => {
		const { packages } = JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as {
			packages: Record<string, Locked>;
		};
		expect(Object.keys(packages).length).toBeGreaterThan(1000);
		expect(unknownOptionals(packages)).toEqual([]);
	});
});
