// Every data table that a template makes can hold people: the template erasure and docs/security.md know it.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface TemplateNode {
	name: string;
	type: string;
	parameters: {
		resource?: string;
		operation?: string;
		tableName?: string;
		columns?: { column?: Array<{ name: string }> };
		conditions?: { conditions: Array<{ leftValue: string }> };
	};
}

const TEMPLATES = join(__dirname, '../../templates');
const SECURITY = readFileSync(join(__dirname, '../../docs/security.md'), 'utf8');

const names = readdirSync(TEMPLATES).map((file) => file.replace(/\.json$/, ''));
const nodesOf = (template: string) =>
	(
		JSON.parse(readFileSync(join(TEMPLATES, `${template}.json`), 'utf8')) as {
			nodes: TemplateNode[];
		}
	).nodes;

const tables = names.flatMap((template) =>
	nodesOf(template)
		.filter(
			({ parameters: { resource, operation } }) => `${resource} ${operation}` === 'table create',
		)
		.map(({ parameters }) => ({
			template,
			table: parameters.tableName!,
			columns: parameters.columns!.column!.map(({ name }) => name),
		})),
);

const expressionOf = (name: string) =>
	nodesOf('erasure').find((node) => node.name === name)!.parameters.conditions!.conditions[0]!
		.leftValue;
const erased = expressionOf('Tables with People');
const searched = expressionOf('Columns with IDs');
const holdsPeople = (columns: string[]) => columns.some((name) => searched.includes(`'${name}'`));

it('templates are at most 18', () => {
	expect(names.length).toBeLessThanOrEqual(18);
});

it.each(tables)(
	'docs/security.md says what stands in $table of $template',
	({ template, table }) => {
		const row = SECURITY.split('\n').find((line) => line.startsWith('|') && line.includes(table));
		expect(row).toContain(template);
	},
);

it.each(tables.filter(({ columns }) => holdsPeople(columns)))(
	'erasure deletes from $table of $template',
	({ table }) => {
		expect(erased).toContain(`'${table}'`);
	},
);

it('a table with people is known by the names of its columns', () => {
	const others = tables.filter(({ columns }) => !holdsPeople(columns));
	expect([...new Set(others.map(({ template }) => template))]).toEqual([
		'delivery-watch',
		'self-check',
	]);
});
