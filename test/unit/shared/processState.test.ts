import { processState, resetProcessState } from '../../../nodes/shared/processState';

describe('what a process remembers', () => {
	it('is one and the same until it is reset, each for itself', () => {
		const one = processState(() => new Map<string, number>());
		const other = processState(() => [0]);
		one().set('a', 1);
		other().push(1);
		expect([one().get('a'), other()]).toEqual([1, [0, 1]]);
		resetProcessState();
		expect([one().size, other()]).toEqual([0, [0]]);
	});
});
