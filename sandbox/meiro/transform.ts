import { runInNewContext } from 'node:vm';
import { refuse } from './json';

const timeLimitMs = 10_000;

/**
 * Runs the JavaScript `transform(payload, headers)` of a Pipes source, which returns the events of a request as
 * `{ event_type, event_time, event_payload }` (https://meiro.io/product/architecture).
 * Throws HttpError 400 with what it threw, as assumed.
 */
export function transformed(code: string, payload: unknown, headers: unknown): unknown {
	try {
		const events = runInNewContext(
			`${code}\n;JSON.stringify(transform(${JSON.stringify(payload)}, ${JSON.stringify(headers)}))`,
			{},
			{ timeout: timeLimitMs },
		) as string;
		return JSON.parse(events) as unknown;
	} catch (error) {
		// Of another realm: no instance of our Error.
		const { message } = error as { message?: unknown };
		return refuse(400, `transform: ${String(message ?? error)}`);
	}
}
