// What `npm run test:faults -- --docs` writes into CONTRIBUTING.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { number } from '../../bench/docs';
import type { Machine } from '../../bench/report';
import { hasSection, runLine, typed, writeSections } from '../../bench/section';
import type { Check, Findings } from './support/report';

const IMAGES = join(__dirname, '../../docs/images');

/** A section for each part that was played and has one; the others stay as they are. */
export function writeDocs(findings: Record<string, Findings>, machine: Machine): void {
	const by = runLine(typed('test:faults'), machine);
	for (const [part, own] of Object.entries(findings)) {
		if (!hasSection('CONTRIBUTING.md', part)) continue;
		writeSections('CONTRIBUTING.md', { [part]: `${by}\n\n${section(own)}` });
		for (const [name, { svg }] of Object.entries(own.pictures ?? {})) {
			writeFileSync(join(IMAGES, name), svg);
		}
	}
}

/** What never happened in one line, the other figures in a line each. */
export function section({ checks, notes, pictures = {} }: Findings): string {
	const never = checks.filter(({ value, wanted, ok }) => ok && value === 0 && wanted === '0');
	const others = checks.filter((check) => !never.includes(check));
	const shown = Object.entries(pictures).map(
		([name, { title }]) => `![${title}](docs/images/${name})`,
	);
	const lines = [
		`- **Never**: ${inGroups(never).join('; ')}.`,
		...others.map(
			({ name, value, wanted, ok }) =>
				`- ${name}: ${exact(value)} (wanted: ${wanted.replace('<', '&lt;')})${ok ? '' : ' **missed**'}`,
		),
		...notes.map((note) => `- ${note}`),
	];
	return [...shown, lines.join('\n')].join('\n\n');
}

/** Counts of one thing that was tried share a phrase; those that say nothing of how often are only counted. */
function inGroups(checks: Check[]): string[] {
	const groups = new Map<string, string[]>();
	for (const { name, tried } of checks) {
		if (tried === undefined) continue;
		const [, what = '', count = name] = /^(.*): (.+)$/.exec(name) ?? [];
		const group = `${what}|${number(tried)}`;
		groups.set(group, [...(groups.get(group) ?? []), count]);
	}
	const phrases = [...groups].map(([group, counts]) => {
		const [what, tried] = group.split('|');
		return `${what === '' ? '' : `${what}: `}${counts.join(', ')} (of ${tried})`;
	});
	const more = checks.filter(({ tried }) => tried === undefined).length;
	return more === 0 ? phrases : [...phrases, `${more} more counts that must be 0`];
}

/** A ratio next to 1 must not be rounded to it. */
const exact = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 4 });
