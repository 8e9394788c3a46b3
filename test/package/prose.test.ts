// The pages that people read: short sentences, subject first. `npm run lint:words` has an eye on spelling.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { complaintsOf, sentencesOf } from '../support/prose';

const ROOT = join(__dirname, '../..');
const DOCS = readdirSync(join(ROOT, 'docs')).filter((file) => file.endsWith('.md'));
const PAGES = ['README.md', 'CONTRIBUTING.md', ...DOCS.map((file) => `docs/${file}`)];
const TEMPLATES = readdirSync(join(ROOT, 'templates'));

/** Paragraphs, entries of lists and cells of tables, without code, links and what commands write. */
function blocksOf(page: string): string[] {
	const prose = page
		.replace(/<!-- begin[\s\S]*?<!-- end[^>]*-->/g, '')
		.replace(/^ *```[\s\S]*?^ *```/gm, '\n')
		.replace(/!\[[^\]]*\]\([^)]*\)/g, '')
		.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
		.replace(/`[^`]*`/g, 'Code');
	return prose
		.split(/\n\s*\n|\n(?=\s*(?:[-*#|]|\d+\.))/)
		.flatMap((block) => (block.trim().startsWith('|') ? block.split('|') : [block]))
		.map((block) => block.replace(/^\s*(?:[-*]|\d+\.|#+) /, '').replace(/\s+/g, ' '));
}

const complaints = (blocks: string[]) => blocks.flatMap(sentencesOf).flatMap(complaintsOf);

it.each(PAGES)('%s is written in short sentences, subject first', (page) => {
	const blocks = blocksOf(readFileSync(join(ROOT, page), 'utf8'));
	expect(blocks.length).toBeGreaterThan(20);
	expect(complaints(blocks)).toEqual([]);
});

it.each(TEMPLATES)('the notes of %s are written in short sentences, subject first', (file) => {
	const { nodes } = JSON.parse(readFileSync(join(ROOT, 'templates', file), 'utf8')) as {
		nodes: Array<{ parameters: { content?: string } }>;
	};
	const notes = nodes.flatMap(({ parameters }) => parameters.content ?? []);
	expect(complaints(notes.flatMap((note) => note.split('\n\n').flatMap(blocksOf)))).toEqual([]);
});

it.each([
	['too many words', Array.from({ length: 26 }, () => 'word').join(' '), '26 words'],
	['a verb before its subject', 'Only now does its address answer.', 'verb before subject'],
	['a wrong name', 'Start N8n again.', 'it is called n8n'],
])('is told: %s', (_, text, complaint) => {
	expect(complaints([text])).toEqual([expect.stringContaining(complaint)]);
});
