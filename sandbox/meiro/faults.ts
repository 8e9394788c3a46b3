import { isJsonObject } from './json';
import type { Fault } from './types';

/** A plan of faults, asked once per request of a sender. */
export interface FaultPlan {
	/** The fault for this request, of those that are wanted; undefined to behave well. */
	next(isWanted?: (fault: Fault) => boolean): Fault | undefined;
	/** Puts another plan in place and restarts the random sequence. */
	replace(plan: Fault[]): void;
}

/**
 * Faults are consumed in plan order: a request gets the first fault that has `times` left and, with
 * a `rate`, wins its draw; a lost draw falls through to the next fault. So `[a, b]` hits the first
 * request with a and the second with b, and several rates together make a mixed storm.
 */
export function createFaultPlan(seed: number): FaultPlan {
	let random = createRandom(seed);
	let left: Array<{ fault: Fault; times: number }> = [];
	return {
		next(isWanted = () => true) {
			const hit = left.find(
				({ fault }) => isWanted(fault) && (fault.rate === undefined || random() < fault.rate),
			);
			if (!hit) return undefined;
			hit.times -= 1;
			if (hit.times <= 0) left = left.filter((entry) => entry !== hit);
			return hit.fault;
		},
		replace(plan) {
			random = createRandom(seed);
			left = plan
				.map((fault) => ({
					fault,
					times: fault.times ?? (fault.rate === undefined ? 1 : Infinity),
				}))
				.filter(({ times }) => times > 0);
		},
	};
}

/** Repeatable numbers in [0, 1): mulberry32, small and good enough to spread faults. */
export function createRandom(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
	};
}

/** A plan that came as JSON. Throws TypeError with a sentence that names the faulty place. */
export function parseFaults(value: unknown): Fault[] {
	if (!Array.isArray(value)) throw new TypeError('A plan of faults must be an array');
	value.forEach((fault: unknown, index) => {
		const problem = isJsonObject(fault) ? findProblem(fault) : 'it must be an object';
		if (problem) throw new TypeError(`Fault ${index}: ${problem}`);
	});
	return value as Fault[];
}

type Check = (value: unknown) => boolean;

const isWhole: Check = (value) => Number.isInteger(value) && (value as number) >= 0;
const isText: Check = (value) => typeof value === 'string';
const optional =
	(check: Check): Check =>
	(value) =>
		value === undefined || check(value);

const timing: Record<string, Check> = {
	kind: isText,
	times: optional(isWhole),
	rate: optional((value) => typeof value === 'number' && value >= 0 && value <= 1),
	path: optional(isText),
};

const fieldsOf: Record<Fault['kind'], Record<string, Check>> = {
	status: {
		status: (value) => isWhole(value) && (value as number) >= 200 && (value as number) <= 599,
		retryAfter: optional(isText),
		body: () => true,
	},
	reset: { stored: optional((value) => typeof value === 'boolean') },
	slow: { delayMs: isWhole },
	errors: {
		indexes: optional((value) => Array.isArray(value) && value.every(isWhole)),
		message: optional(isText),
	},
};

function findProblem(fault: Record<string, unknown>): string | null {
	const kind = fault.kind;
	if (typeof kind !== 'string' || !Object.hasOwn(fieldsOf, kind)) {
		return `kind must be one of ${Object.keys(fieldsOf).join(', ')}`;
	}
	const fields: Record<string, Check> = { ...timing, ...fieldsOf[kind as Fault['kind']] };
	// A misspelt field would make a test pass for the wrong reason.
	const unknown = Object.keys(fault).find((name) => !Object.hasOwn(fields, name));
	if (unknown) return `'${unknown}' is not a field of the kind '${kind}'`;
	const wrong = Object.keys(fields).find((name) => !fields[name]?.(fault[name]));
	return wrong ? `'${wrong}' is missing or has a wrong value` : null;
}
