// What goes wrong on purpose: the next requests to a path fail in a chosen way.

export interface Fault {
	/** `/api/profiles` with everything below it, or a pattern. Default: any path. */
	path?: string | RegExp;
	/** Default: any method. */
	method?: string;
	/** How many requests; default 1. */
	times?: number;
	/** How many matching requests pass unharmed before; default 0. */
	after?: number;
	/** An error status, or 'reset': the connection ends; 'hang': no answer, ever. */
	answer: number | 'reset' | 'hang';
	/** Seconds, for the header of a 429 or 503. */
	retryAfter?: number;
	/** The request is carried out all the same; only its answer is lost. Default false. */
	carriedOut?: boolean;
}

interface Planned extends Fault {
	times: number;
	after: number;
}

/** The faults that are still to come. */
export class Faults {
	private planned: Planned[] = [];

	/** @throws RangeError on a status that is none. */
	plan(fault: Fault): void {
		const { answer, times = 1, after = 0 } = fault;
		if (typeof answer === 'number' && !(answer >= 400 && answer <= 599)) {
			throw new RangeError(`not an error status: ${answer}`);
		}
		this.planned.push({ ...fault, times, after });
	}

	/** Those that were planned and did not happen happen no more. */
	clear(): void {
		this.planned = [];
	}

	/** What this request meets, and null mostly. */
	take(method: string, path: string): Fault | null {
		for (const fault of this.planned.filter((each) => fits(each, method, path))) {
			if (fault.after > 0) {
				fault.after--;
				continue;
			}
			fault.times--;
			this.planned = this.planned.filter(({ times }) => times > 0);
			return fault;
		}
		return null;
	}
}

function fits(fault: Fault, method: string, path: string): boolean {
	if (fault.method !== undefined && fault.method !== method) return false;
	if (fault.path === undefined) return true;
	if (typeof fault.path !== 'string') return fault.path.test(path);
	return path === fault.path || path.startsWith(`${fault.path}/`);
}
