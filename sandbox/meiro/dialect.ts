// What Meiro does not document, or not surely: each question with its possible answers. The stand-in speaks every
// combination of them, so that the nodes can be tried against all.
import type { CdpAssumptions } from './cdp/types';
import type { Assumptions } from './types';

/** One open question about Meiro. */
export interface Question {
	/** What it may do; the first is what the stand-in does unless told otherwise. */
	values: readonly string[];
	/** Where the first value is documented; 'unknown' where it is an assumption. */
	source: string;
	means: string;
}

const ARCHITECTURE = 'https://meiro.io/product/architecture';

export const MEIRO_QUESTIONS = {
	unknownSource: {
		values: ['404', '200'],
		source: 'unknown',
		means: 'What a source that does not exist answers; with 200 it keeps nothing.',
	},
	success: {
		values: ['200 json', '201 json', '202 json', '204', '200 text'],
		source: 'unknown; only that it is 2xx is certain',
		means: 'How an accepted event is answered, by webhook sources and by Pipes.',
	},
	pipesIdentifiers: {
		values: ['envelope', 'rules'],
		source: `unknown; ${ARCHITECTURE} shows a transform without identifiers`,
		means:
			"Whether Pipes reads an event's identifiers in the envelope, or by rules over its payload.",
	},
	pipesTimeKey: {
		values: ['millisecond', 'second', 'microsecond'],
		source: `unknown; ${ARCHITECTURE} says that type, time and identifiers are the key`,
		means: 'How much of the time counts when Pipes knows an event again.',
	},
	refusals: {
		values: ['restTaken', 'always2xx', 'wholeUnnamed', 'wholeNamed'],
		source: 'unknown',
		means:
			'What Pipes does with a request that holds a bad event: takes the rest and answers 2xx with errors, and 4xx when all are bad; always 2xx with errors; refuses all of it with 4xx, without or with the index.',
	},
	cdpExistingId: {
		values: ['skip', '409', 'overwrite'],
		source:
			'https://docs.meiro.io/books/implementation/page/load-events-to-cdp (the loader skips); over HTTP unknown',
		means: 'What the CDP does with a customer event whose id it has.',
	},
	cdpTimeKey: {
		values: ['microsecond', 'second'],
		source:
			'https://docs.meiro.dev/docs/api/meiro-cdp-api/create-customer-events (an example of an id)',
		means: 'How much of the time counts in the id of a customer event.',
	},
	uploadStates: {
		values: ['processing processing finished', 'QUEUED RUNNING SUCCESS', 'done', '1 2 3'],
		source: 'unknown',
		means: 'The states that an upload goes through, the last when it is done.',
	},
} as const satisfies Record<string, Question>;

type Questions = typeof MEIRO_QUESTIONS;

/** One answer to each question. */
export type MeiroDialect = { [Name in keyof Questions]: Questions[Name]['values'][number] };

/** The dialect that is meant: what is not said is the first value. */
export function meiroDialect(given: Partial<MeiroDialect> = {}): MeiroDialect {
	const first = Object.entries(MEIRO_QUESTIONS).map(([name, { values }]) => [name, values[0]]);
	return { ...(Object.fromEntries(first) as MeiroDialect), ...given };
}

const SUCCESS: Record<MeiroDialect['success'], { status: number; body: unknown }> = {
	'200 json': { status: 200, body: {} },
	'201 json': { status: 201, body: { status: 'ok' } },
	'202 json': { status: 202, body: { accepted: true } },
	'204': { status: 204, body: undefined },
	'200 text': { status: 200, body: 'OK' },
};

/** What collectors assume by a dialect. */
export function collectorAssumptions(dialect: MeiroDialect): Partial<Assumptions> {
	const { unknownSource, success, pipesIdentifiers, pipesTimeKey, refusals } = dialect;
	return {
		unknownSourceStatus: unknownSource === '404' ? 404 : 200,
		webhookAnswer: SUCCESS[success],
		collectAnswer: success === '200 json' ? null : SUCCESS[success],
		collectRefusesWhole:
			refusals === 'wholeNamed' ? 'named' : refusals === 'wholeUnnamed' ? 'unnamed' : 'no',
		collectRejectedStatus: refusals === 'always2xx' ? 200 : 400,
		pipesIdentifiers,
		pipesTimePrecision: pipesTimeKey,
	};
}

/** What the CDP assumes by a dialect. */
export function cdpAssumptions(dialect: MeiroDialect): Partial<CdpAssumptions> {
	const { cdpExistingId, cdpTimeKey, uploadStates } = dialect;
	return {
		existingCustomerEventStatus: cdpExistingId === '409' ? 409 : null,
		overwritesCustomerEvents: cdpExistingId === 'overwrite',
		eventTimePrecision: cdpTimeKey,
		uploadStatuses: uploadStates.split(' '),
	};
}
