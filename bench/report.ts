import { cpus, totalmem } from 'node:os';

import type { CaseResult } from './run';
import { round2 } from './run';
import type { Growth, Memory, Overload, Thin } from './special';
import type { Weight } from './weight';

export interface Check {
	name: string;
	value: number;
	wanted: string;
	ok: boolean;
}

export interface Machine {
	cpus: number;
	model: string;
	memory_gb: number;
	node: string;
	n8n: string;
}

/** The one that this runs on. */
export function machineOf(n8n: string): Machine {
	const [first] = cpus();
	return {
		cpus: cpus().length,
		model: first?.model ?? 'unknown',
		memory_gb: Math.round(totalmem() / 2 ** 30),
		node: process.versions.node,
		n8n,
	};
}

export interface Report {
	ok: boolean;
	machine: Machine;
	/** Reduced runs say so: their figures are rougher. */
	reduced: boolean;
	settings: Record<string, Record<string, string | number>>;
	cases: CaseResult[];
	ratios: Record<string, number>;
	growth: Growth[];
	/** Each on an n8n of its own. */
	memory: Memory[];
	thin_traffic: Thin;
	overload: Overload;
	/** This package first, then others. */
	weight: Weight[];
	/** What must hold on any machine. */
	checks: Check[];
	/** What this package wants to reach; noise can spoil it, so a miss is told and fails nothing. */
	aims: Check[];
}

export type Findings = Omit<Report, 'ok' | 'ratios' | 'checks' | 'aims' | 'machine'> & {
	n8n: string;
};

export function reportOf({ n8n, ...findings }: Findings): Report {
	const ratios = ratiosOf(findings);
	const checks = checksOf(findings, ratios);
	const aims = aimsOf(findings, ratios);
	return {
		ok: checks.every(({ ok }) => ok),
		machine: machineOf(n8n),
		...findings,
		ratios,
		checks,
		aims,
	};
}

type Measured = Omit<Findings, 'n8n'>;

function ratiosOf({ cases, growth, memory, weight }: Measured): Record<string, number> {
	const of = (name: string, settings: string) =>
		cases.find((one) => one.name === name && one.settings === settings)!;
	const rate = (name: string, settings: string) => of(name, settings).events_per_second;
	const stock = (settings: string) =>
		Math.max(rate('stock_edit_fields', settings), rate('stock_code', settings));
	const cheapestStock = Math.min(
		...['stock_edit_fields', 'stock_code'].map(
			(name) => of(name, 'recommended').db_bytes_per_event,
		),
	);
	const peaksOf = (name: string) =>
		memory.filter((one) => one.case === name).map(({ peak_rss_mb }) => peak_rss_mb);
	const peakOf = (name: string) => peaksOf(name)[0]!;
	const [own, ...peers] = weight.map(({ load_ms_per_node }) => load_ms_per_node);
	const costs = growth.map(({ cpu_ms_per_event }) => cpu_ms_per_event);
	return {
		throughput_vs_stock_ratio: round2(rate('ours', 'recommended') / stock('recommended')),
		throughput_vs_floor_ratio: round2(rate('ours', 'recommended') / rate('floor', 'recommended')),
		throughput_vs_stock_default_ratio: round2(rate('ours', 'default') / stock('default')),
		memory_vs_one_per_execution_default_ratio: round2(
			peakOf('ours') / peakOf('ours_one_per_execution'),
		),
		system_vs_stock_ratio: round2(
			rate('ours_system_webhook', 'recommended') / stock('recommended'),
		),
		db_bytes_vs_stock_ratio: round2(of('ours', 'recommended').db_bytes_per_event / cheapestStock),
		polling_vs_stock_ratio: round2(rate('ours_polling', 'recommended') / stock('recommended')),
		polling_memory_growth_ratio: round2(peaksOf('ours_polling').at(-1)! / peakOf('ours_polling')),
		growth_cost_ratio: round2(costs.at(-1)! / costs[0]!),
		load_vs_peers_ratio: round2(own! / Math.min(...peers)),
	};
}

const atLeast = (name: string, value: number, limit: number): Check => ({
	name,
	value,
	wanted: `>= ${limit}`,
	ok: value >= limit,
});

const atMost = (name: string, value: number, limit: number): Check => ({
	name,
	value,
	wanted: `<= ${limit}`,
	ok: value <= limit,
});

function checksOf(
	{ cases, growth, overload, weight }: Measured,
	ratios: Record<string, number>,
): Check[] {
	const lost = [...cases, ...growth].reduce((sum, one) => sum + one.lost, 0);
	return [
		atMost('lost in all cases', lost, 0),
		atMost('lost under overload', overload.lost, 0),
		atMost('packed, kB', weight[0]!.packed_kb, 200),
		atLeast(
			'faster than stock at n8n’s default settings, ratio',
			ratios.throughput_vs_stock_default_ratio!,
			1,
		),
		atLeast(
			'faster than stock at the recommended settings, ratio',
			ratios.throughput_vs_stock_ratio!,
			5,
		),
	];
}

function aimsOf({ cases, thin_traffic }: Measured, ratios: Record<string, number>): Check[] {
	const rate = (name: string) =>
		cases.find((one) => one.name === name && one.settings === 'recommended')!.events_per_second;
	return [
		atLeast('throughput_vs_stock_ratio', ratios.throughput_vs_stock_ratio!, 20),
		atLeast('throughput_vs_floor_ratio', ratios.throughput_vs_floor_ratio!, 0.8),
		atMost(
			'memory_vs_one_per_execution_default_ratio',
			ratios.memory_vs_one_per_execution_default_ratio!,
			1,
		),
		atLeast('system_events_per_second', rate('ours_system_webhook'), 1700),
		atLeast('polling_events_per_second', rate('ours_polling'), 2500),
		atLeast('complete_events_per_second', rate('ours_complete'), 2000),
		atMost('polling_memory_growth_ratio', ratios.polling_memory_growth_ratio!, 1.25),
		atLeast('system_vs_stock_ratio', ratios.system_vs_stock_ratio!, 100),
		atMost('db_bytes_vs_stock_ratio', ratios.db_bytes_vs_stock_ratio!, 0.1),
		atMost('growth_cost_ratio', ratios.growth_cost_ratio!, 1.2),
		atMost('load_vs_peers_ratio', ratios.load_vs_peers_ratio!, 1.5),
		atMost(
			'thin traffic: later acknowledgement, ms',
			round2(thin_traffic.grouped_ack_p50_ms - thin_traffic.alone_ack_p50_ms),
			60,
		),
	];
}
