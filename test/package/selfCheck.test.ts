// The template self-check asks every open question about Klaviyo and Meiro, or says why it can't.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { KLAVIYO_QUESTIONS } from '../../sandbox/klaviyo/dialect';
import { MEIRO_QUESTIONS } from '../../sandbox/meiro/dialect';
import { SELF_CHECK_CASES, seenOf } from '../support/selfCheckDialects';

interface Listed {
	service: string;
	question: string;
	values?: string[];
	reason: string;
}

const { nodes } = JSON.parse(
	readFileSync(join(__dirname, '../../templates/self-check.json'), 'utf8'),
) as { nodes: Array<{ name: string; parameters: { jsonOutput: string } }> };
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

const isListed = ({ service, question, value }: Answer) =>
	listed.some(
		(one) =>
			one.service === service && one.question === question && (one.values?.includes(value) ?? true),
	);

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
	for (const { service, question, values = [], reason } of listed) {
		const known = (SERVICES[service as keyof typeof SERVICES] as Record<string, object>)[question];
		expect(known).toMatchObject({ values: expect.arrayContaining(values) as unknown });
		expect(reason.length).toBeGreaterThan(20);
	}
});

it('says of each question what is assumed, what it means and what to change', () => {
	expect(questions.length).toBeGreaterThan(15);
	for (const one of questions) {
		expect(Object.keys(one)).toEqual(['service', 'question', 'assumed', 'means', 'setting']);
		expect([one.means, one.setting].every((text) => text!.endsWith('.'))).toBe(true);
	}
});
