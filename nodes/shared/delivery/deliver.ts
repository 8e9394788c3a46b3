import pLimit from 'p-limit';

import { isUndelivered, settledAs, unexpected, type Judgement, type Verdict } from './verdict';

/** What one item wants to have sent, with the item's number. */
export interface Entry<T> {
	index: number;
	value: T;
	/** Size of its part of a request's body, in UTF-8; 0 where no limit depends on it. */
	bytes: number;
}

/** What became of one entry. */
export interface Outcome extends Judgement {
	index: number;
	/** How often it was sent. */
	attempts: number;
	http_status: number | null;
}

/** What came of one request. */
export interface Reply {
	verdict: Verdict;
	/** Attempts that its entries have behind them now. */
	attempts: number;
	/** Of the last answer; null when there was none. */
	http_status: number | null;
	/** Nothing that this run has left will be taken, e.g. as the key was withdrawn: it is not asked for. */
	isHopeless?: boolean;
}

/** A way into a service: what a request of it may hold, and how it is sent. */
export interface Door<T> {
	/** Most entries, and most bytes of a request's body. */
	limits: { count: number; bytes: number };
	/** Requests under way at once. */
	concurrency: number;
	/** Entries of different addresses never share a request. */
	addressOf(value: T): string;
	/** Whose entries are to arrive in their order; null where order says nothing. */
	personOf(value: T): string | null;
	/** @param before attempts that the values have behind them, in a request that was taken apart */
	send(values: T[], before: number): Promise<Reply>;
	/** Told what `send` threw, which is a mistake of ours or of an item's. */
	onThrow(error: unknown): void;
	/** Told how many more entries have come to their end. */
	onSettled?(count: number): void;
}

type Request<T> = Array<Entry<T>>;

/**
 * Sends all entries in as few requests as the limits allow, and tells the outcome of each. A person's entries keep
 * their order; one that is refused leaves the others alone. Never rejects.
 */
export async function deliver<T>(entries: Array<Entry<T>>, door: Door<T>): Promise<Outcome[]> {
	return await deliverRequests(pack(entries, door), door);
}

/** The same for entries that are packed already. */
export async function deliverRequests<T>(
	requests: Array<Request<T>>,
	door: Omit<Door<T>, 'limits' | 'addressOf'>,
): Promise<Outcome[]> {
	const limit = pLimit(door.concurrency);
	const sender = new Sender(door);
	const { waitsFor, followers } = orderOf(requests, door);
	const outcomes: Outcome[][] = Array.from({ length: requests.length });

	const run = async (position: number): Promise<void> => {
		outcomes[position] = await limit(async () => await sender.send(requests[position]!));
		const free = (followers.get(position) ?? []).filter((next) => --waitsFor[next]! === 0);
		followers.delete(position);
		await Promise.all(free.map(run));
	};
	await Promise.all(
		requests.flatMap((_, position) => (waitsFor[position] === 0 ? [run(position)] : [])),
	);
	return outcomes.flat();
}

/**
 * Packs entries into requests. Where the addresses differ, a person's earlier entries still stand in an earlier
 * request than the later ones. What is too large alone is a request of its own.
 */
export function pack<T>(
	entries: Array<Entry<T>>,
	{ limits, addressOf, personOf }: Pick<Door<T>, 'limits' | 'addressOf' | 'personOf'>,
): Array<Request<T>> {
	const requests: Array<Request<T>> = [];
	const open = new Map<string, { request: Request<T>; bytes: number }>();
	const addressOfPerson = new Map<string, string>();
	const close = (address: string) => {
		const packed = open.get(address);
		if (packed) requests.push(packed.request);
		open.delete(address);
	};

	for (const entry of entries) {
		const address = addressOf(entry.value);
		const person = personOf(entry.value);
		if (person !== null) {
			const earlier = addressOfPerson.get(person);
			if (earlier !== undefined && earlier !== address) close(earlier);
			addressOfPerson.set(person, address);
		}
		// A comma for each entry, and the brackets.
		const added = entry.bytes + 1;
		if ((open.get(address)?.bytes ?? 0) + added + 1 > limits.bytes) close(address);
		const packed = open.get(address) ?? { request: [], bytes: 0 };
		packed.request.push(entry);
		packed.bytes += added;
		open.set(address, packed);
		if (packed.request.length >= limits.count) close(address);
	}
	for (const address of [...open.keys()]) close(address);
	return requests;
}

/** Which requests have to wait for which, so that a person's entries keep their order. */
function orderOf<T>(requests: Array<Request<T>>, { personOf }: Pick<Door<T>, 'personOf'>) {
	const waitsFor: number[] = requests.map(() => 0);
	const followers = new Map<number, number[]>();
	const lastOfPerson = new Map<string, number>();
	for (const [position, request] of requests.entries()) {
		const people = new Set(request.flatMap(({ value }) => personOf(value) ?? []));
		const earlier = new Set([...people].flatMap((person) => lastOfPerson.get(person) ?? []));
		for (const before of earlier) {
			const waiting = followers.get(before);
			if (waiting === undefined) followers.set(before, [position]);
			else waiting.push(position);
			waitsFor[position]!++;
		}
		for (const person of people) lastOfPerson.set(person, position);
	}
	return { waitsFor, followers };
}

/** Up to here halves find the bad ones sooner than trying some alone. */
const FEW = 8;

/** What is known of a request whose entries were refused together. */
interface Suspicion {
	/** Some are tried alone before the rest is halved. */
	tryAlone: boolean;
	/** What the ones that were tried alone were all refused with, when it was the same. */
	same: string | null;
}

const NO_SUSPICION: Suspicion = { tryAlone: true, same: null };

class Sender<T> {
	private hopeless: Reply | null = null;

	constructor(private readonly door: Omit<Door<T>, 'limits' | 'addressOf'>) {}

	async send(request: Request<T>, before = 0, suspicion = NO_SUSPICION): Promise<Outcome[]> {
		const reply = this.hopeless ?? (await this.ask(request, before));
		if (reply.isHopeless) this.hopeless = { ...reply, attempts: 0 };
		const { named, rest, others } = reply.verdict;
		if (request.length === 1 || others === 'settled') {
			return this.settle(request, reply, (position) => named.get(position) ?? rest);
		}
		const left = request.filter((_, position) => !named.has(position));
		if (named.size > 0) {
			const refused = request.filter((_, position) => named.has(position));
			const judgements = [...named.entries()].sort(([one], [other]) => one - other);
			const told = this.settle(refused, reply, (position) => judgements[position]![1]);
			return left.length === 0 ? told : [...told, ...(await this.send(left, reply.attempts))];
		}
		return await this.takeApart(request, reply, suspicion);
	}

	private async ask(request: Request<T>, before: number): Promise<Reply> {
		try {
			const values = request.map(({ value }) => value);
			return await this.door.send(values, before);
		} catch (error) {
			if (request.length === 1) this.door.onThrow(error);
			const verdict: Verdict = { ...settledAs(unexpected(error)), others: 'apart' };
			return { verdict, attempts: before, http_status: null };
		}
	}

	/** Finds the entries that the service objects to, so that their neighbours are taken. */
	private async takeApart(
		request: Request<T>,
		reply: Reply,
		{ tryAlone, same }: Suspicion,
	): Promise<Outcome[]> {
		const alone = tryAlone && request.length > FEW ? spread(headsOf(request, this.door)) : [];
		const tried: Outcome[] = [];
		for (const position of alone) {
			tried.push(...(await this.send([request[position]!], reply.attempts)));
		}
		const left = request.filter((_, position) => !alone.includes(position));
		if (!tried.some(isUndelivered)) {
			const middle = Math.ceil(left.length / 2);
			const halving = { tryAlone: false, same: null };
			const first = await this.send(left.slice(0, middle), reply.attempts, halving);
			const second = await this.send(left.slice(middle), reply.attempts, halving);
			return [...tried, ...first, ...second];
		}
		const answers = new Set(tried.map(answerIn));
		const answer = answers.size === 1 ? [...answers][0]! : null;
		if (answer !== null && answer === same) return [...tried, ...this.settleUntried(left, reply)];
		const next = { tryAlone: true, same: answer };
		return [...tried, ...(await this.send(left, reply.attempts, next))];
	}

	/** They may be good, but whatever is sent is refused: they are to be sent again when that is mended. */
	private settleUntried(request: Request<T>, reply: Reply): Outcome[] {
		const { reason, ...rest } = reply.verdict.rest;
		const told = `${reason ?? ''} Others of its request were refused alone with the same answer, so this one was not tried alone.`;
		return this.settle(request, reply, () => ({ ...rest, status: 'failed', reason: told.trim() }));
	}

	private settle(
		request: Request<T>,
		{ attempts, http_status }: Reply,
		judge: (position: number) => Judgement,
	): Outcome[] {
		this.door.onSettled?.(request.length);
		return request.map(({ index }, position) => ({
			index,
			attempts,
			http_status,
			...judge(position),
		}));
	}
}

/** Positions of entries that may be sent before all others, as nothing of the same person stands before them. */
function headsOf<T>(request: Request<T>, { personOf }: Pick<Door<T>, 'personOf'>): number[] {
	const seen = new Set<string>();
	return request.flatMap(({ value }, position) => {
		const person = personOf(value);
		if (person !== null && seen.size === seen.add(person).size) return [];
		return [position];
	});
}

/** The first, the last and two between; none where there are fewer. */
function spread(positions: number[]): number[] {
	const last = positions.length - 1;
	if (last < 3) return [];
	return [0, Math.floor(last / 3), Math.floor((2 * last) / 3), last].map((at) => positions[at]!);
}

/** What tells one refusal from another; request IDs, times and positions in its words don't. */
function answerIn({
	status,
	http_status,
	reason = '',
}: Omit<Outcome, 'index' | 'attempts'>): string {
	const words = reason.replace(/[0-9a-f]{4,}(?:-[0-9a-f]{4,})*|\d+/gi, '#');
	return status === 'delivered' ? status : `${http_status} ${words}`;
}
