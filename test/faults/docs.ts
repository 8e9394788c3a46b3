// What `npm run test:faults -- --docs` writes into docs/reliability.md.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { number, table } from '../../bench/docs';
import type { Machine } from '../../bench/report';
import { runLine, typed, writeSections } from '../../docs/build/section';
import type { Findings } from './support/report';

const IMAGES = join(__dirname, '../../docs/images');

/** A section for each part that was played; the others stay as they are. */
export function writeDocs(findings: Record<string, Findings>, machine: Machine): void {
	const by = runLine(typed('test:faults'), machine);
	writeSections(
		'reliability.md',
		Object.fromEntries(
			Object.entries(findings).map(([part, own]) => [part, `${by}\n\n${section(own)}`]),
		),
	);
	for (const pictures of Object.values(findings).map((own) => own.pictures ?? {})) {
		for (const [name, { svg }] of Object.entries(pictures)) writeFileSync(join(IMAGES, name), svg);
	}
}

function section({ checks, notes, pictures = {} }: Findings): string {
	const rows = checks.map(({ name, tried, value, wanted, ok }) => [
		name,
		tried === undefined ? '' : number(tried),
		exact(value),
		wanted.replace('<', '&lt;'),
		ok ? 'as wanted' : '**missed**',
	]);
	const shown = Object.entries(pictures).map(([name, { title }]) => `![${title}](images/${name})`);
	return [...shown, table(['Figure', 'Tried', 'Measured', 'Wanted', ''], rows), ...notes].join(
		'\n\n',
	);
}

/** A ratio next to 1 must not be rounded to it. */
const exact = (value: number) => value.toLocaleString('en', { maximumFractionDigits: 4 });
