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

	it.each([...manifest.n8n.nodes, ...manifest.n8n.credentials])('has %s built, loadable alone', (file) => {
		const name = /([A-Za-z]+)\.(?:node|credentials)\.js$/.exec(file)![1]!;
		// A process of its own, in which only n8n-workflow can be found, as inside n8n.
		const script = `const { ${name} } = require(${JSON.stringify(join(ROOT, file))}); console.log(typeof new ${name}())`;
		expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' }).trim()).toBe('object');
		const required = [...readFileSync(join(ROOT, file), 'utf8').matchAll(/\brequire\("([^"]+)"\)/g)];
		const foreign = required.map(([, id]) => id).filter((id) => id !== 'n8n-workflow');
		expect(foreign.filter((id) => !/^(?:node:)?(?:crypto|async_hooks|util|buffer)$/.test(id!))).toEqual([]);
	});

	it.each(manifest.n8n.nodes)('has codex and icons beside %s', (file) => {
		const folder = join(ROOT, file, '..');
		expect(existsSync(join(ROOT, `${file}on`))).toBe(true);
		expect(readdirSync(folder).filter((name) => name.endsWith('.svg')).length).toBeGreaterThanOrEqual(2);
	});

	it('is packed with what it runs on, and nothing else', () => {
		const [packed] = Object.values(
			JSON.parse(
				execFileSync('npm', ['pack', '--dry-run', '--json', '--loglevel=error'], { cwd: ROOT, encoding: 'utf8' }),
			) as Record<string, { files: Array<{ path: string }> }>,
		);
		const strange = packed!.files
			.map(({ path }) => path)
			.filter((path) => !/^(dist|templates)\/|^(package\.json|README\.md|LICENSE|CHANGELOG\.md)$/.test(path));
		expect(strange).toEqual([]);
	});
});

interface TemplateNode {
	name: string;
	type: string;
	webhookId?: string;
	credentials?: unknown;
	parameters: Record<string, unknown>;
}

describe.each(readdirSync(TEMPLATES).filter((name) => name.endsWith('.json')))('template %s', (file) => {
	const { nodes } = JSON.parse(readFileSync(join(TEMPLATES, file), 'utf8')) as { nodes: TemplateNode[] };

	it('has no one else’s credentials in it, and a sticky note that explains it', () => {
		expect(nodes.filter(({ credentials }) => credentials !== undefined)).toEqual([]);
		expect(nodes.some(({ type }) => type === 'n8n-nodes-base.stickyNote')).toBe(true);
	});

	it('has a webhookId on every trigger with a webhook, so that its URL does not hang on the node’s name', () => {
		const triggers = nodes.filter(({ type }) => type.endsWith('.klaviyoTrigger'));
		// Some ask Klaviyo by themselves, on a schedule or by polling.
		expect(nodes.some(({ type }) => type.endsWith('Trigger'))).toBe(true);
		for (const trigger of triggers) expect(trigger.webhookId).toMatch(/^[0-9a-f-]{36}$/);
	});

	it('names our nodes by the package’s name, as an installed package registers them', () => {
		const ours = nodes.filter(({ type }) => /klaviyo|meiro/i.test(type)).map(({ type }) => type);
		const built = manifest.n8n.nodes.map((path) => {
			const name = /([A-Za-z]+)\.node\.js$/.exec(path)![1]!;
			return `${manifest.name}.${name[0]!.toLowerCase()}${name.slice(1)}`;
		});
		expect(ours.filter((type) => !built.includes(type))).toEqual([]);
	});
});
