// The template self-check asks every open question about Klaviyo and Meiro, or says why it can't.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { CDP_NODES } from '../../sandbox/demo/scenarios/selfCheck';
import { KLAVIYO_QUESTIONS } from '../../sandbox/klaviyo/dialect';
import { MEIRO_QUESTIONS } from '../../sandbox/meiro/dialect';
import { SELF_CHECK_CASES, seenOf } from '../support/selfCheckDialects';

interface Listed {
	service: string;
	question: string;
	reason: string;
}

const { nodes } = JSON.parse(
	readFileSync(join(__dirname, '../../templates/self-check.json'), 'utf8'),
) as {
	nodes: Array<{
		name: string;
		type: string;
		disabled?: boolean;
		parameters: { jsonOutput: string; method?: string; url?: string };
	}>;
};
const { questions, not_here: listed } = JSON.parse(
	nodes.find(({ name }) => name === 'Questions')!.parameters.jsonOutput,
) as { questions: Array<Record<string, string>>; not_here: Listed[] };

const SERVICES = { klaviyo: KLAVIYO_QUESTIONS, meiro: MEIRO_QUESTIONS };
const answers = Object.entries(SERVICES).flatMap(([service, all]) =>
	Object.entries<{ values: readonly string[] }>(all).flatMap(([question, { values }]) =>
		values.map((value) => ({ service, question, value, first: values[0]! })),
	),
);
type Answer = (typeof answers)[number];

/** What the cases say is seen of a service that answers so; what is not to be seen is none. */
function seenWhere({ service, question, value, first }: Answer): string[] {
	return SELF_CHECK_CASES.filter((one) => {
		const dialect = one[service as keyof typeof SERVICES] as Record<string, string>;
		return (dialect[question] ?? first) === value;
	})
		.map((one) => String(seenOf(one)[question]))
		.filter((seen) => !/not to be seen|^undefined$|asked of/.test(seen));
}

const isListed = ({ service, question }: Answer) =>
	listed.some((one) => one.service === service && one.question === question);

it.each(answers)(
	'$service $question: "$value" is found out, or is listed with the reason',
	(answer) => {
		const others = answers.filter(
			({ question, value }) => question === answer.question && value !== answer.value,
		);
		const seen = seenWhere(answer);
		const alike = others.flatMap(seenWhere);
		const isFound = seen.length > 0 && seen.every((one) => !alike.includes(one));
		expect(isFound || isListed(answer)).toBe(true);
		expect(isFound && isListed(answer)).toBe(false);
	},
);

it('lists what exists, and why it is not found out', () => {
	expect(listed.map(({ question }) => question)).toEqual(['klaviyoIdInDateFlows', 'pipesTimeKey']);
	for (const { service, question, reason } of listed) {
		expect(Object.keys(SERVICES[service as keyof typeof SERVICES])).toContain(question);
		expect(reason.length).toBeGreaterThan(20);
	}
});

it('asks the CDP and Pipes profiles only where a person has activated it', () => {
	const off = nodes.filter(({ type }) => type.endsWith('.meiroCdp'));
	expect(off.map(({ name }) => name)).toEqual(CDP_NODES);
	expect(off.every(({ disabled }) => disabled)).toBe(true);
});

it('changes and deletes no flow in Klaviyo but the draft that it has made', () => {
	const changes = nodes.filter(({ parameters: { method = '' } }) => /PATCH|DELETE/.test(method));
	expect(changes.map(({ name, parameters: { url } }) => [name, url])).toEqual([
		[
			'Change the Draft',
			'=https://a.klaviyo.com/api/flow-actions/{{ $json.data.attributes.definition.entry_action_id }}',
		],
		[
			'Delete the Draft',
			"=https://a.klaviyo.com/api/flows/{{ $('Make a Draft').first().json.data.id }}",
		],
	]);
});

it('says of each question what is assumed, what it means and what to change', () => {
	expect(questions.length).toBeGreaterThan(15);
	for (const one of questions) {
		expect(Object.keys(one)).toEqual(['service', 'question', 'assumed', 'means', 'setting']);
		expect([one.means, one.setting].every((text) => text!.endsWith('.'))).toBe(true);
	}
});
