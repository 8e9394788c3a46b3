import type { INodeProperties } from 'n8n-workflow';

import { panelOf } from '../../../nodes/shared/operation/panel';

const field = (name: string, more: Partial<INodeProperties> = {}): INodeProperties => ({
	displayName: name,
	name,
	type: 'string',
	default: '',
	...more,
});
const collection = (...options: INodeProperties[]) =>
	field('filters', { type: 'collection', default: {}, options });

const names = (properties: INodeProperties[]) => properties.map(({ name }) => name);

/** What n8n shows of a panel for one operation. */
function shown(panel: INodeProperties[], resource: string, operation: string): INodeProperties[] {
	return panel.filter(({ displayOptions: { show = {} } = {} }) => {
		const shows = (key: string, value: string) =>
			(show[key] as string[] | undefined)?.includes(value) ?? true;
		return (
			shows('resource', resource) &&
			shows('operation', operation) &&
			shows('/resource', resource) &&
			shows('/operation', operation)
		);
	});
}

describe('the panel of all operations', () => {
	const operations = [
		{
			resource: 'list',
			operation: 'getAll',
			properties: [field('limit'), collection(field('after'), field('name')), field('simplify')],
		},
		{
			resource: 'list',
			operation: 'get',
			properties: [field('id'), field('simplify')],
		},
		{
			resource: 'flow',
			operation: 'getAll',
			properties: [field('limit'), collection(field('after'), field('status')), field('sort')],
		},
	];
	const panel = panelOf(operations);

	it('has what several operations have alike once', () => {
		expect(names(panel)).toEqual(['limit', 'filters', 'id', 'simplify', 'sort']);
		expect(panel[0]!.displayOptions).toEqual({
			show: { resource: ['list', 'flow'], operation: ['getAll'] },
		});
	});

	it('shows each operation its own fields in its own order', () => {
		for (const { resource, operation, properties } of operations) {
			expect(names(shown(panel, resource, operation))).toEqual(names(properties));
		}
	});

	it('shows an entry of a collection only where it stands, alphabetical', () => {
		const entries = panel[1]!.options as INodeProperties[];
		expect(names(entries)).toEqual(['after', 'name', 'status']);
		expect(names(shown(entries, 'list', 'getAll'))).toEqual(['after', 'name']);
		expect(names(shown(entries, 'flow', 'getAll'))).toEqual(['after', 'status']);
		expect(entries[0]!.displayOptions).toBeUndefined();
	});

	it('keeps apart what differs, and what an operation between has not', () => {
		const differing = panelOf([
			{ resource: 'a', operation: 'get', properties: [field('id'), field('x')] },
			{ resource: 'a', operation: 'getAll', properties: [field('id', { default: '1' })] },
			{ resource: 'b', operation: 'getAll', properties: [field('x')] },
			{ resource: 'b', operation: 'get', properties: [] },
		]);
		expect(differing.map(({ name, displayOptions }) => [name, displayOptions?.show])).toEqual([
			['id', { resource: ['a'], operation: ['get'] }],
			['x', { resource: ['a'], operation: ['get'] }],
			['x', { resource: ['b'], operation: ['getAll'] }],
			['id', { resource: ['a'], operation: ['getAll'] }],
		]);
	});

	it('keeps the conditions that a field has of its own', () => {
		const [own] = panelOf([
			{
				resource: 'a',
				operation: 'get',
				properties: [field('id', { displayOptions: { show: { by: ['id'] } } })],
			},
		]);
		expect(own!.displayOptions).toEqual({
			show: { resource: ['a'], operation: ['get'], by: ['id'] },
		});
	});

	it('refuses operations that have the same fields in opposite orders', () => {
		const [x, y] = [field('x'), field('y')];
		expect(() =>
			panelOf([
				{ resource: 'a', operation: 'get', properties: [x, y] },
				{ resource: 'a', operation: 'getAll', properties: [y, x] },
			]),
		).toThrow(/opposite orders/);
	});
});
