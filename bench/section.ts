// Pages that people write, with sections that commands write.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { Machine } from './report';

const HOME = join(__dirname, '..');

/**
 * Puts a text between `<!-- begin NAME -->` and `<!-- end NAME -->` of a page, and leaves everything else as it is.
 *
 * @throws when the page has not exactly one such section
 */
export function withSection(page: string, name: string, text: string): string {
	const [begin, end] = [`<!-- begin ${name} -->`, `<!-- end ${name} -->`];
	const [before, inside, ...more] = page.split(begin);
	const parts = inside?.split(end);
	if (parts?.length !== 2 || more.length > 0)
		throw new Error(`The page needs one '${begin}' and, after it, one '${end}'`);
	return `${before}${begin}\n${text.trim()}\n${end}${parts[1]}`;
}

/** Whether a page has such a section: what has none is printed and reported alone. */
export function hasSection(file: string, name: string): boolean {
	return readFileSync(join(HOME, file), 'utf8').includes(`<!-- begin ${name} -->`);
}

/** Writes sections of a page, e.g. docs/operating.md, by their names. */
export function writeSections(file: string, sections: Record<string, string>): void {
	const path = join(HOME, file);
	const page = Object.entries(sections).reduce(
		(text, [name, section]) => withSection(text, name, section),
		readFileSync(path, 'utf8'),
	);
	writeFileSync(path, page);
}

/** The command of this process as it was typed, but for files, which say nothing to others. */
export function typed(script: string): string {
	const args = process.argv.slice(2).map((arg, index, all) => {
		if (/^--(report|from)$/.test(all[index - 1] ?? '')) return '…';
		return arg.includes(' ') ? `'${arg}'` : arg;
	});
	return [`npm run ${script}`, ...(args.length > 0 ? ['--', ...args] : [])]
		.join(' ')
		.replace(/ --report …/, '');
}

/** What stands above figures: which command printed them, when and where. */
export function runLine(command: string, { n8n, cpus, model, memory_gb }: Machine): string {
	const day = new Date().toISOString().slice(0, 10);
	return `Written by \`${command}\` on ${day}: n8n ${n8n}, ${cpus} × ${model}, ${memory_gb} GB, everything on it.`;
}
