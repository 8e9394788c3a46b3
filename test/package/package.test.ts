import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import manifest from '../../package.json';

const ROOT = join(__dirname, '../..');
const TEMPLATES = join(ROOT, 'templates');

describe('the package', () => {
	it('has no runtime dependency, and n8n-workflow as its only peer', () => {
		expect(manifest).not.toHaveProperty('dependencies');
		expect(Object.keys(manifest.peerDependencies)).toEqual(['n8n-workflow']);
	});

	it.each([...manifest.n8n.nodes, ...manifest.n8n.credentials])(
		'has %s built, loadable alone',
		(file) => {
			const name = /([A-Za-z]+)\.(?:node|credentials)\.js$/.exec(file)![1]!;
			// A process of its own, in which only n8n-workflow can be found, as inside n8n.
			const script = `const { ${name} } = require(${JSON.stringify(join(ROOT, file))}); console.log(typeof new ${name}())`;
			expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim()).toBe(
				'object',
			);
		},
	);

	it('asks at run time for nothing but n8n-workflow and what n8n allows of Node.js', () => {
		const code = readFileSync(join(ROOT, 'dist/package.js'), 'utf8');
		const required = [...code.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, id]) => id!);
		expect(required).toContain('n8n-workflow');
		expect(
			required.filter(
				(id) => !/^(?:n8n-workflow|(?:node:)?(?:crypto|async_hooks|util|buffer))$/.test(id),
			),
		).toEqual([]);
	});

	it.each(manifest.n8n.nodes)('has codex and icons beside %s', (file) => {
		const folder = join(ROOT, file, '..');
		expect(existsSync(join(ROOT, `${file}on`))).toBe(true);
		expect(
			readdirSync(folder).filter((name) => name.endsWith('.svg')).length,
		).toBeGreaterThanOrEqual(2);
	});

	it('is packed with what it runs on, and nothing else, in 200 kB at most', () => {
		const [packed] = Object.values(
			JSON.parse(
				execFileSync('npm', ['pack', '--dry-run', '--json', '--loglevel=error'], {
					cwd: ROOT,
					encoding: 'utf8',
				}),
			) as Record<string, { size: number; files: Array<{ path: string }> }>,
		);
		expect(packed!.size).toBeLessThanOrEqual(200_000);
		const strange = packed!.files
			.map(({ path }) => path)
			.filter((path) => !/^dist\/|^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(path));
		expect(strange).toEqual([]);
	});
});

interface TemplateNode {
	name: string;
	type: string;
	webhookId?: string;
	credentials?: unknown;
	position: [number, number];
	parameters: Record<string, unknown>;
}

/** As the editor draws it: a node is a square with its name below, unless it is a note. */
function boxOf({ type, position: [x, y], parameters }: TemplateNode) {
	const { width, height } = type.endsWith('.stickyNote') ? parameters : { width: 96, height: 130 };
	return { left: x, top: y, right: x + Number(width), bottom: y + Number(height) };
}

function overlap(one: TemplateNode, other: TemplateNode): boolean {
	const [a, b] = [boxOf(one), boxOf(other)];
	return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

describe.each(readdirSync(TEMPLATES).filter((name) => name.endsWith('.json')))(
	'template %s',
	(file) => {
		const { nodes, pinData } = JSON.parse(readFileSync(join(TEMPLATES, file), 'utf8')) as {
			nodes: TemplateNode[];
			pinData: Record<string, Array<{ json: Record<string, unknown> }>>;
		};

		it('has no one else’s credentials in it, and a sticky note that explains it', () => {
			expect(nodes.filter(({ credentials }) => credentials !== undefined)).toEqual([]);
			expect(nodes.some(({ type }) => type === 'n8n-nodes-base.stickyNote')).toBe(true);
		});

		it('spreads no bare $json, of which the oldest n8n makes nothing', () => {
			// {...$json} is undefined on n8n 2.20; {...$input.item.json} is the item everywhere.
			const bare = nodes.filter((node) =>
				/\.\.\.\(?\$json\b(?![.\w]| \?\?)/.test(JSON.stringify(node)),
			);
			expect(bare.map(({ name }) => name)).toEqual([]);
		});

		it('has no webhookId, so that n8n gives each import an address of its own', () => {
			// Some ask Klaviyo by themselves, on a schedule or by polling.
			expect(nodes.some(({ type }) => type.endsWith('Trigger'))).toBe(true);
			for (const node of nodes) expect(node).not.toHaveProperty('webhookId');
		});

		it('writes out how Klaviyo is set up, as n8n takes the default for what a file leaves out', () => {
			for (const { type, parameters } of nodes) {
				if (type.endsWith('.klaviyoTrigger')) expect(parameters).toHaveProperty('setUp');
			}
		});

		it('has a sample, marked as a test, on every trigger of ours', () => {
			for (const { name } of nodes.filter(({ type }) => /\.klaviyo\w*Trigger$/.test(type))) {
				expect(pinData[name]?.length).toBeGreaterThan(0);
				for (const { json } of pinData[name]!) expect(json.is_test).toBe(true);
			}
		});

		it('lays nothing over anything else', () => {
			const overlapping = nodes.flatMap((one, index) =>
				nodes
					.slice(index + 1)
					.filter((other) => overlap(one, other))
					.map(({ name }) => `${one.name}, ${name}`),
			);
			expect(overlapping).toEqual([]);
		});

		it('needs no Code node, and no Wait node', () => {
			expect(
				nodes.filter(({ type }) => /\.(code|wait)$/.test(type)).map(({ name }) => name),
			).toEqual([]);
		});

		it('names our nodes by the package’s name, as an installed package registers them', () => {
			const ours = nodes.filter(({ type }) => /klaviyo|meiro/i.test(type)).map(({ type }) => type);
			const built = manifest.n8n.nodes.map((path) => {
				const name = /([A-Za-z]+)\.node\.js$/.exec(path)![1]!;
				return `${manifest.name}.${name[0]!.toLowerCase()}${name.slice(1)}`;
			});
			expect(ours.filter((type) => !built.includes(type))).toEqual([]);
		});
	},
);
