import fc from 'fast-check';

import type { Outcome } from '../../../nodes/shared/delivery/deliver';
import { AlreadyDelivered } from '../../../nodes/MeiroEvents/delivery/alreadyDelivered';
import { resetProcessState } from '../../../nodes/shared/processState';
import { entry, MEIRO_EVENTS, PIPES, type Entry } from './support/events';

beforeEach(resetProcessState);

const NODE = 'workflow-1 node-1';

const outcome = (index: number, status: Outcome['status']): Outcome => ({
	index,
	status,
	attempts: 1,
	http_status: 200,
});

const indexes = (entries: Array<{ index: number }>) => entries.map(({ index }) => index);

const sameAs = (id: string) => ({ event_id: id });

/** A node that has delivered events with these IDs. */
function knowing(...ids: string[]): AlreadyDelivered {
	const node = new AlreadyDelivered(NODE, PIPES);
	const entries = ids.map((id, index) => entry(index, sameAs(id)));
	node.remember(
		entries,
		entries.map(({ index }) => outcome(index, 'delivered')),
	);
	return node;
}

describe('the events of one execution', () => {
	it('are all fresh when nothing is known and none comes twice', () => {
		const { fresh, deliveredBefore, repeated } = knowing().sift([entry(0), entry(1)]);
		expect(indexes(fresh)).toEqual([0, 1]);
		expect(deliveredBefore.size).toBe(0);
		expect(repeated.size).toBe(0);
	});

	it('that were delivered before are told from the fresh ones, in their order', () => {
		const entries = [0, 1, 2, 3].map((index) => entry(index));
		const { fresh, deliveredBefore } = knowing('id-0', 'id-2', 'id-9').sift(entries);
		expect(indexes(fresh)).toEqual([1, 3]);
		expect([...deliveredBefore]).toEqual([0, 2]);
	});

	it('that come twice go out once: the others point to the first', () => {
		const entries = [
			entry(2, sameAs('a')),
			entry(4, sameAs('b')),
			entry(5, sameAs('a')),
			entry(7, sameAs('a')),
			entry(8, sameAs('b')),
		];
		const { fresh, repeated } = knowing().sift(entries);
		expect(indexes(fresh)).toEqual([2, 4]);
		expect([...repeated]).toEqual([
			[5, 2],
			[7, 2],
			[8, 4],
		]);
	});

	it('that come twice and were delivered before do not go out at all', () => {
		const entries = [entry(0, sameAs('a')), entry(1, sameAs('a'))];
		const { fresh, deliveredBefore, repeated } = knowing('a').sift(entries);
		expect(fresh).toEqual([]);
		expect([...deliveredBefore]).toEqual([0]);
		expect([...repeated]).toEqual([[1, 0]]);
	});

	it('are others when the source is another, although the id is the same', () => {
		const entries = [entry(0, sameAs('a')), entry(1, { ...sameAs('a'), source: 'shop-sk' })];
		const { fresh, deliveredBefore, repeated } = knowing('a').sift(entries);
		expect([...deliveredBefore]).toEqual([0]);
		expect(indexes(fresh)).toEqual([1]);
		expect(repeated.size).toBe(0);
	});

	it('each end as exactly one of fresh, delivered and repeated', () => {
		const ids = fc.array(fc.constantFrom('a', 'b', 'c', 'd'));
		fc.assert(
			fc.property(ids, fc.subarray(['a', 'b']), (given, known) => {
				resetProcessState();
				const entries = given.map((id, index) => entry(index, sameAs(id)));
				const { fresh, deliveredBefore, repeated } = knowing(...known).sift(entries);
				const all = [...indexes(fresh), ...deliveredBefore, ...repeated.keys()];
				expect(all.sort((a, b) => a - b)).toEqual(indexes(entries));
				for (const [index, first] of repeated) expect(first).toBe(given.indexOf(given[index]!));
			}),
		);
	});
});

describe('remembered is', () => {
	const sifted = (entries: Entry[], target = PIPES, node = NODE) =>
		indexes(new AlreadyDelivered(node, target).sift(entries).fresh);

	it('what Meiro accepted, and nothing else', () => {
		const entries = [0, 1, 2].map((index) => entry(index));
		new AlreadyDelivered(NODE, PIPES).remember(entries, [
			outcome(2, 'delivered'),
			outcome(0, 'rejected'),
			outcome(1, 'failed'),
		]);
		expect(sifted(entries)).toEqual([0, 1]);
	});

	it('nothing while an event is under way: a run at the same moment sends it, too', () => {
		const one = new AlreadyDelivered(NODE, PIPES);
		const other = new AlreadyDelivered(NODE, PIPES);
		expect(indexes(one.sift([entry(0)]).fresh)).toEqual([0]);
		expect(indexes(other.sift([entry(0)]).fresh)).toEqual([0]);
		one.remember([entry(0)], [outcome(0, 'failed')]);
		expect(sifted([entry(0)])).toEqual([0]);
		other.remember([entry(0)], [outcome(0, 'delivered')]);
		expect(sifted([entry(0)])).toEqual([]);
	});

	it('by another node, or of another Meiro, nothing of it', () => {
		knowing('id-0');
		expect(sifted([entry(0)])).toEqual([]);
		expect(sifted([entry(0)], PIPES, 'workflow-2 node-1')).toEqual([0]);
		expect(sifted([entry(0)], MEIRO_EVENTS)).toEqual([0]);
		expect(sifted([entry(0)], { ...PIPES, baseUrl: 'https://other.example' })).toEqual([0]);
	});

	it('not after a restart', () => {
		knowing('id-0');
		resetProcessState();
		expect(sifted([entry(0)])).toEqual([0]);
	});

	it('no more than fits: the oldest is forgotten first', () => {
		const entries = [0, 1, 2, 3].map((index) => entry(index));
		new AlreadyDelivered(NODE, PIPES, 3).remember(
			entries,
			entries.map(({ index }) => outcome(index, 'delivered')),
		);
		expect(sifted(entries)).toEqual([0]);
	});

	it('of no more than a hundred nodes: the one that was longest idle is forgotten first', () => {
		knowing('id-0');
		for (let node = 0; node < 99; node++) new AlreadyDelivered(`workflow-9 ${node}`, PIPES);
		expect(sifted([entry(0)])).toEqual([]);
		for (let node = 0; node < 100; node++) new AlreadyDelivered(`workflow-9 ${node}`, PIPES);
		expect(sifted([entry(0)])).toEqual([0]);
	});
});
