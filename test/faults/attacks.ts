import { tryAll } from '../attack/support/attack';
import { ATTACK_GROUPS } from '../attack/support/groups';
import { atLeast, none, type Findings } from './support/report';

const LEAST_CASES = 200;

/** Everything that tries to get in, out or elsewhere, as far as it needs no n8n process. @param scale which share is tried */
export async function attackFindings({ scale }: { scale: number }): Promise<Findings> {
	const findings: Findings = { checks: [], figures: {}, notes: [] };
	let sum = 0;
	for (const group of ATTACK_GROUPS) {
		const { tried, accepted, honest } = await tryAll(group, Math.round(1 / scale));
		sum += tried;
		findings.checks.push(none(`${group.name}: accepted`, accepted.length, tried));
		findings.checks.push(none(`${group.name}: honest ones refused`, honest ? 0 : 1));
		findings.figures[group.name] = {
			tried,
			accepted: accepted.length,
			first_accepted: accepted.slice(0, 5),
		};
	}
	findings.checks.push(atLeast('cases', sum, LEAST_CASES));
	return findings;
}
