// Two states of the same cases, told by where in a case they differ.
import type { Cases } from './comingIn';

interface Difference {
	path: string;
	before: string;
	after: string;
}

const SHOWN = 4;
const LONGEST = 160;

/** One line for each place, the commonest first, with some of the cases it is in. */
export function differences(before: Cases, after: Cases): { lines: string[]; cases: number } {
	const byPlace = new Map<string, Array<Difference & { name: string }>>();
	const names = new Set([...Object.keys(before), ...Object.keys(after)]);
	let cases = 0;
	for (const name of names) {
		const found = [...between(before[name], after[name], '')];
		if (found.length > 0) cases++;
		for (const difference of found) {
			const place = difference.path.replace(/\[\d+\]/g, '[]');
			byPlace.set(place, [...(byPlace.get(place) ?? []), { name, ...difference }]);
		}
	}
	const places = [...byPlace].sort(([, a], [, b]) => b.length - a.length);
	const lines = places.flatMap(([place, found]) => [
		`${place || '(all)'}: ${found.length} times`,
		...found
			.slice(0, SHOWN)
			.map(({ name, before: old, after: fresh }) => `    ${name}: ${cut(old)} -> ${cut(fresh)}`),
	]);
	return { lines, cases };
}

function* between(before: unknown, after: unknown, path: string): Generator<Difference> {
	if (isTree(before) && isTree(after) && Array.isArray(before) === Array.isArray(after)) {
		const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
		for (const key of keys) {
			const step = Array.isArray(before) ? `[${key}]` : `.${key}`;
			yield* between(before[key], after[key], path + step);
		}
		return;
	}
	const [old, fresh] = [JSON.stringify(before), JSON.stringify(after)];
	if (old !== fresh) yield { path, before: String(old), after: String(fresh) };
}

function isTree(value: unknown): value is Record<string, unknown> {
	return typeof value === 'object' && value !== null;
}

function cut(text: string): string {
	return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
