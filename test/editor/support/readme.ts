// README's first event as the steps that a person follows, read from the page itself.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = join(__dirname, '../../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

export interface ReadmeStep {
	number: number;
	text: string;
	/** What stands in bold, without the step's own headline: names to look for on the screen. */
	names: string[];
}

/** The steps below a heading, until the next heading. */
export function stepsBelow(heading: string): ReadmeStep[] {
	return [...below(heading).matchAll(/^(\d+)\. (.*(?:\n {3}.*)*)/gm)].map(
		([, number, text = '']) => ({
			number: Number(number),
			text,
			names: [...text.matchAll(/\*\*(.+?)\*\*/g)]
				.flatMap(([, bold = '']) => (bold.endsWith('.') ? [] : bold.split(' → ')))
				.filter((name, index, all) => all.indexOf(name) === index),
		}),
	);
}

/** The scopes that a key needs for the steps below a heading. */
export function scopesBelow(heading: string): string[] {
	return [...below(heading).matchAll(/`([a-z-]+:(?:read|write))`/g)].map(([, scope]) => scope!);
}

function below(heading: string): string {
	const [, rest = ''] = README.split(new RegExp(`^#+ ${heading}$`, 'm'));
	const [section = ''] = rest.split(/^#+ /m);
	return section;
}

/** The command that installs the packed file, as it stands there. */
export function installCommand(): string {
	const [, command] = /^(mkdir -p ~\/\.n8n\/nodes\nnpm install [^`]*\.tgz)$/m.exec(README) ?? [];
	if (command === undefined) throw new Error('README has no command that installs the packed file');
	return command;
}

/** The file that a step links to. */
export function fileOf({ text }: ReadmeStep): string {
	const [, file] = /\]\((templates\/[\w-]+\.json)\)/.exec(text) ?? [];
	if (file === undefined) throw new Error(`No link to a template in: ${text}`);
	return join(ROOT, file);
}
