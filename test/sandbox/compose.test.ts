// The set-up for Docker says the same as the one that test/queue runs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

import { dependencies } from '../../sandbox/package.json';
import { queueSettings, RECOMMENDED } from '../../sandbox/n8n/settings';

interface Service {
	image: string;
	command?: string | string[];
	ports?: string[];
	environment?: Record<string, string>;
	volumes?: string[];
	depends_on?: Record<string, { condition: string }> | string[];
	healthcheck?: { test: string[] };
	deploy?: { replicas: number };
	network_mode?: string;
	stop_grace_period?: string;
}

interface ComposeFile {
	services: Record<string, Service>;
	volumes: Record<string, null>;
	configs: Record<string, { content: string }>;
}

const file = parse(readFileSync(join(__dirname, '../../sandbox/compose.yaml'), 'utf8'), {
	merge: true,
}) as ComposeFile;
const service = (name: string) => file.services[name]!;

const WANTED = queueSettings(
	{ host: 'postgres', port: 5432, user: 'n8n', name: 'n8n' },
	{ host: 'redis', port: 6379, number: 0, prefix: 'klaviyo-meiro' },
);

describe.each([
	['main', 'start', 1],
	['webhook', 'webhook', 2],
	['worker', 'worker --concurrency=10', 2],
])('n8n %s', (name, command, replicas) => {
	it('is the n8n of the sandbox and does its part', () => {
		expect(service(name).image).toBe(`docker.n8n.io/n8nio/n8n:${dependencies.n8n}`);
		expect(service(name).command).toBe(command);
		expect(service(name).deploy?.replicas ?? 1).toBe(replicas);
	});

	it('has the settings of the queue test and those that are recommended', () => {
		expect(service(name).environment).toMatchObject({ ...WANTED, ...RECOMMENDED });
		expect(service(name).environment).toHaveProperty('N8N_ENCRYPTION_KEY');
	});

	it('has the package, waits for what it needs, and tells when it is ready', () => {
		expect(service(name).volumes).toContain('nodes:/home/node/.n8n/nodes:ro');
		expect(service(name).depends_on).toMatchObject({
			postgres: { condition: 'service_healthy' },
			redis: { condition: 'service_healthy' },
			package: { condition: 'service_completed_successfully' },
			...(name === 'main' ? {} : { main: { condition: 'service_healthy' } }),
		});
		expect(service(name).healthcheck!.test.join(' ')).toContain('/healthz/readiness');
		expect(parseInt(service(name).stop_grace_period!)).toBeGreaterThan(30);
	});
});

it('keeps what waits in the queue on disk', () => {
	expect(service('redis').command).toContain('--appendonly yes');
	expect(service('redis').volumes).toContain('redis:/data');
});

it('lets deliveries only to webhook processes that are ready', () => {
	const { content } = file.configs.haproxy!;
	expect(content).toContain(
		`server-template webhook ${service('webhook').deploy!.replicas} webhook:5678`,
	);
	expect(content).toContain('option httpchk GET /healthz/readiness');
	expect(service('balancer').ports).toEqual(['8080:8080']);
});

it.each([
	['klaviyo', '4300'],
	['meiro', '4400'],
])('runs the stand-in for %s where n8n and the user reach it', (name, port) => {
	const standIn = service(`${name}-stand-in`);
	expect(standIn.command).toContain(`sandbox/${name}/main.ts --port ${port}`);
	expect(standIn.network_mode).toBe(`service:${name}`);
	const [outside, forwarded] = service(name).ports![0]!.split(':');
	expect(outside).toBe(port);
	expect(service(name).command).toBe(
		`TCP-LISTEN:${forwarded},fork,reuseaddr TCP:127.0.0.1:${port}`,
	);
});

it('names every volume that it uses', () => {
	const used = Object.values(file.services)
		.flatMap(({ volumes = [] }) => volumes)
		.map((volume) => volume.split(':')[0]!)
		.filter((name) => !name.startsWith('.'));
	expect(Object.keys(file.volumes).sort()).toEqual([...new Set(used)].sort());
});
