import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
	NodeHelpers,
	nodeParametersAreStatic,
	type INode,
	type INodeParameters,
	type INodeTypeDescription,
} from 'n8n-workflow';
import { commonPollingParameters } from 'n8n-core/dist/nodes-loader/constants';

import { SCENARIOS } from '../../sandbox/demo/scenarios';
import { nodeTypes } from '../engine/support/engine';
import {
	ineffectiveParameters,
	unknownCredentials,
	unknownParameters,
} from '../support/parameters';

const TEMPLATES = join(__dirname, '../../templates');
const OURS = 'n8n-nodes-klaviyo-meiro.';

/** n8n's own nodes of which a workflow may have one (`maxNodes`). */
const ONE_A_WORKFLOW = ['errorTrigger', 'executeWorkflowTrigger', 'manualTrigger'].map(
	(name) => `n8n-nodes-base.${name}`,
);

const allNodesOf = (template: string): INode[] =>
	(JSON.parse(readFileSync(join(TEMPLATES, `${template}.json`), 'utf8')) as { nodes: INode[] })
		.nodes;

const nodesOf = (template: string): INode[] =>
	allNodesOf(template).filter(({ type }) => type.startsWith(OURS));

/** With the parameter that n8n's loader gives to nodes that poll. */
function descriptionOf({ type, typeVersion }: INode): INodeTypeDescription {
	const { description } = nodeTypes.getByNameAndVersion(type.slice(OURS.length), typeVersion);
	const { polling, properties } = description;
	return polling === true
		? { ...description, properties: [...commonPollingParameters, ...properties] }
		: description;
}

/** As n8n has it at a delivery: with the defaults of what is shown. */
function resolved(node: INode): INode {
	const { properties } = descriptionOf(node);
	const shown = NodeHelpers.getNodeParameters(
		properties,
		node.parameters,
		true,
		false,
		node,
		descriptionOf(node),
	);
	return { ...node, parameters: shown! };
}

/** Everything about a node that n8n would pass over in silence. */
function passedOver(node: INode): string[] {
	const description = descriptionOf(node);
	return [
		...unknownParameters(description.properties, node.parameters),
		...ineffectiveParameters(node, description),
		...unknownCredentials(node, description),
	].map((what) => `${node.name}: ${what}`);
}

const names = readdirSync(TEMPLATES).map((file) => file.replace(/\.json$/, ''));

describe.each(names)('the template %s', (name) => {
	it('has no parameter, choice or credential that n8n would pass over in silence', () => {
		expect(nodesOf(name).length).toBeGreaterThan(0);
		expect(nodesOf(name).flatMap(passedOver)).toEqual([]);
	});

	it('has of each kind of trigger no more than n8n imports: it drops the others in silence', () => {
		const types = allNodesOf(name).map(({ type }) => type);
		const twice = ONE_A_WORKFLOW.filter((type) => types.indexOf(type) !== types.lastIndexOf(type));
		expect(twice).toEqual([]);
	});

	it('has no trigger whose parameters cost every delivery an isolate', () => {
		const triggers = nodesOf(name).filter(({ type }) => type === `${OURS}klaviyoTrigger`);
		expect(triggers.filter((node) => !nodeParametersAreStatic(resolved(node)))).toEqual([]);
	});
});

describe.each(SCENARIOS.map(({ template, ...more }) => ({ template, ...more })))(
	'the demo’s values for $template',
	({ template, parameters = {} }) => {
		it('are such that its nodes have', () => {
			const filledIn = nodesOf(template).map((node) => ({
				...node,
				parameters: { ...node.parameters, ...parameters[node.name] } as INodeParameters,
			}));
			expect(filledIn.flatMap(passedOver)).toEqual([]);
		});
	},
);

describe('what n8n would pass over', () => {
	const node: INode = {
		...{ id: '1', name: 'Meiro Events', type: `${OURS}meiroEvents`, typeVersion: 1 },
		...{ position: [0, 0], parameters: { source: 'klaviyo' } },
	};
	const withParameters = (parameters: INodeParameters) =>
		passedOver({ ...node, parameters: { ...node.parameters, ...parameters } });

	it.each([
		['a parameter that there is none of', { sauce: 'x' }, 'sauce'],
		['an option that there is none of', { options: { chunkySize: 5 } }, 'options.chunkySize'],
		['a choice that there is none of', { eventFields: 'guess' }, 'eventFields: guess'],
		['a parameter that is not shown', { eventName: 'x' }, 'eventName'],
	])('is told: %s', (_, parameters, path) => {
		expect(withParameters(parameters as INodeParameters)).toContain(`Meiro Events: ${path}`);
	});

	it('is told: a credential that the node does not take', () => {
		const credentials = { klaviyoWebhookApi: { id: '1', name: 'x' } };
		expect(passedOver({ ...node, credentials })).toEqual(['Meiro Events: klaviyoWebhookApi']);
		expect(passedOver(node)).toEqual([]);
	});
});
