// How many executions a template costs, counted from its triggers as n8n counts for its plans
// (https://docs.n8n.io/build/understand-workflows/understand-executions): a poll that finds nothing, a called workflow, an
// error workflow and a run in the editor are none.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
	sharingSettingsOf,
	type TriggerOptions,
} from '../../nodes/Klaviyo/trigger/triggerSettings';
import { MOST_IN_BATCH } from '../../nodes/Klaviyo/updates/poll';
import { table } from './markdown';

/** The section of docs/templates.md. */
export const EXECUTIONS = 'executions';

const TEMPLATES = join(__dirname, '../../templates');

interface TemplateNode {
	type: string;
	disabled?: boolean;
	parameters: Record<string, unknown>;
}

/** A template's file. */
export interface Template {
	nodes: TemplateNode[];
}

export interface Executions {
	/** In 30 days without any event. */
	idle: number;
	/** For 1,000 events that come together as far as they can. */
	fewest: number;
	/** For 1,000 events that come one by one. */
	most: number;
	/** Whether people send forms to it. */
	hasForm: boolean;
}

const EVENTS = 1000;
const MINUTES: Record<string, number> = { minutes: 1, hours: 60, days: 24 * 60 };
const MONTH = 30 * 24 * 60;

/** What n8n takes where a schedule says none. */
const USUAL_INTERVAL: Record<string, number> = { minutes: 5, hours: 1, days: 1 };

/** @throws when nobody has said how to count a trigger of it */
export function executionsOf({ nodes }: Template): Executions {
	const counted = nodes
		.filter(({ type, disabled }) => /(?:Trigger|\.webhook)$/.test(type) && disabled !== true)
		.map(ofTrigger);
	const ways = counted.filter(({ most }) => most !== undefined);
	return {
		idle: counted.reduce((sum, { idle = 0 }) => sum + idle, 0),
		fewest: Math.min(...ways.map(({ fewest }) => fewest!), EVENTS),
		most: Math.max(...ways.map(({ most }) => most!), 0),
		hasForm: counted.some(({ hasForm }) => hasForm),
	};
}

function ofTrigger({ type, parameters }: TemplateNode): Partial<Executions> {
	switch (/[^.]+$/.exec(type)![0]) {
		case 'scheduleTrigger': {
			const { interval } = parameters.rule as { interval: Array<Record<string, unknown>> };
			const idle = interval.reduce((sum, rule) => {
				const field = String(rule.field);
				return sum + runs(field, Number(rule[`${field}Interval`] ?? USUAL_INTERVAL[field]));
			}, 0);
			return { idle };
		}
		case 'klaviyoTrigger': {
			const { maxEvents } = sharingSettingsOf(parameters.options as TriggerOptions);
			return { fewest: EVENTS / maxEvents, most: EVENTS };
		}
		case 'klaviyoUpdatesTrigger': {
			const { item } = parameters.pollTimes as { item: Array<{ unit: string; value: number }> };
			const polls = item.reduce((sum, { unit, value }) => sum + runs(unit, value), 0);
			return { fewest: EVENTS / MOST_IN_BATCH, most: Math.min(EVENTS, polls) };
		}
		case 'webhook':
			return { fewest: EVENTS, most: EVENTS };
		case 'formTrigger':
			return { hasForm: true };
		case 'manualTrigger':
		case 'executeWorkflowTrigger':
		case 'errorTrigger':
			return {};
		default:
			throw new Error(`Nobody has said what a ${type} costs`);
	}
}

function runs(unit: string, every: number): number {
	const minutes = MINUTES[unit];
	if (minutes === undefined) throw new Error(`Nobody has said how often '${unit}' is`);
	return MONTH / (minutes * every);
}

/** The section of docs/templates.md: templates that cost the same share a row. */
export function executionsTable(): string {
	const byCost = new Map<string, string[]>();
	for (const [name, template] of Object.entries(templates())) {
		const executions = executionsOf(template);
		const events = [eventsOf(executions), executions.hasForm ? '1 a form' : ''];
		const cost = [said(executions.idle), events.filter(Boolean).join('; ')].join('|');
		byCost.set(cost, [...(byCost.get(cost) ?? []), name]);
	}
	const rows = [...byCost].map(([cost, names]) => [names.join(', '), ...cost.split('|')]);
	return table(['Template', 'Idle', 'Per 1,000 events'], rows);
}

/** What the first note of a template says of it. */
export function executionsLine(template: Template): string {
	const executions = executionsOf(template);
	const { idle, most, hasForm } = executions;
	const parts = [
		`${said(idle)} without events`,
		...(most > 0 ? [`${eventsOf(executions)} for 1,000 events`] : []),
		...(hasForm ? ['1 for each form'] : []),
	];
	return `${LINE} ${parts.join(', ')}.`;
}

/** A template with its line, which stands last in its first note. */
export function withExecutionsLine<T extends Template>(template: T): T {
	const note = template.nodes.find(({ type }) => type.endsWith('.stickyNote'))!;
	const [content] = String(note.parameters.content).split(`\n\n${LINE}`);
	const told = {
		...note,
		parameters: { ...note.parameters, content: `${content}\n\n${executionsLine(template)}` },
	};
	return { ...template, nodes: template.nodes.map((node) => (node === note ? told : node)) };
}

const LINE = '**Executions a month**:';

export function templates(): Record<string, Template> {
	const files = readdirSync(TEMPLATES);
	return Object.fromEntries(
		files.map((file) => [
			file.replace('.json', ''),
			JSON.parse(readFileSync(join(TEMPLATES, file), 'utf8')) as Template,
		]),
	);
}

const said = (count: number) => count.toLocaleString('en-US');

function eventsOf({ fewest, most }: Executions): string {
	if (most === 0) return '';
	return fewest === most ? said(most) : `${said(fewest)} to ${said(most)}`;
}
