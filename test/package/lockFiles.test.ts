import { readFileSync } from 'node:fs';
import { join } from 'node:path';

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

describe.each(['package-lock.json', 'sandbox/package-lock.json'])('%s', (file) => {
	it('knows the packages of every system, so that npm ci works on Linux, macOS and Windows', () => {
		const { packages } = JSON.parse(readFileSync(join(__dirname, '../..', file), 'utf8')) as {
			packages: Record<string, Locked>;
		};
		expect(Object.keys(packages).length).toBeGreaterThan(1000);
		expect(unknownOptionals(packages)).toEqual([]);
	});
});
