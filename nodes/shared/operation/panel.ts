import type { INodeProperties, NodeParameterValue } from 'n8n-workflow';

/** An operation of a resource: where a field stands. */
interface Place {
	resource: string;
	operation: string;
}

/** A field and all places where it stands. */
interface Shared {
	field: INodeProperties;
	places: Place[];
	/** Of a collection: its entries, which needn't stand wherever the collection does. */
	entries: Map<string, Shared>;
}

/**
 * The fields of all operations as one list: what several operations have alike is one property that n8n shows for
 * each of them, and so is each entry of a collection. In every panel the fields keep the order of its operation.
 *
 * @throws Error when two operations have the same fields in opposite orders
 */
export function panelOf(
	operations: Array<Place & { properties: INodeProperties[] }>,
): INodeProperties[] {
	const shared = new Map<string, Shared>();
	const orders = operations.map(({ properties, ...place }) =>
		properties.map((field) => share(shared, field, place)),
	);
	return inOrder(orders).flatMap((key) => shownAt(shared.get(key)!, operations, ''));
}

function share(shared: Map<string, Shared>, field: INodeProperties, place: Place): string {
	const isCollection = field.type === 'collection';
	const key = JSON.stringify(isCollection ? { ...field, options: [] } : field);
	const known = shared.get(key) ?? { field, places: [], entries: new Map<string, Shared>() };
	shared.set(key, known);
	known.places.push(place);
	if (isCollection) {
		for (const entry of (field.options ?? []) as INodeProperties[]) {
			share(known.entries, entry, place);
		}
	}
	return key;
}

/** One list in which every operation finds its fields in its own order; the earlier operation comes first. */
function inOrder(orders: string[][]): string[] {
	const left = orders.map((order) => [...order]);
	const sorted: string[] = [];
	for (;;) {
		const heads = left.flatMap(([head]) => head ?? []);
		if (heads.length === 0) return sorted;
		const next = heads.find((head) => left.every((order) => order.indexOf(head) < 1));
		if (next === undefined) {
			throw new Error(`The fields of two operations stand in opposite orders: ${heads.join(' ')}`);
		}
		sorted.push(next);
		for (const order of left) if (order[0] === next) order.shift();
	}
}

/** @param root '/' for what stands inside a collection, where the resource is a parameter of the node above */
function shownAt({ field, places, entries }: Shared, among: Place[], root: '' | '/') {
	return blocksOf(places, among).map((block): INodeProperties => {
		const own =
			entries.size === 0 ? field : { ...field, options: entriesAt(entries, block, places) };
		if (root === '/' && among.every((place) => isIn(block, place))) return own;
		const show: Record<string, NodeParameterValue[]> = {
			[`${root}resource`]: block.resources,
			[`${root}operation`]: block.operations,
		};
		return {
			...own,
			displayOptions: { ...own.displayOptions, show: { ...show, ...own.displayOptions?.show } },
		};
	});
}

/** The entries of a collection where it is shown, alphabetical. */
function entriesAt(entries: Map<string, Shared>, block: Block, among: Place[]): INodeProperties[] {
	const here = (places: Place[]) => places.filter((place) => isIn(block, place));
	return [...entries.values()]
		.map((entry) => ({ ...entry, places: here(entry.places) }))
		.flatMap((entry) => shownAt(entry, here(among), '/'))
		.sort((a, b) => a.displayName.localeCompare(b.displayName));
}

interface Block {
	resources: string[];
	operations: string[];
}

/** n8n shows a field for each of some operations of each of some resources: the fewest such blocks that are the places. */
function blocksOf(places: Place[], among: Place[]): Block[] {
	const blocks: Block[] = [];
	let left = places;
	while (left.length > 0) {
		let block: Block = { resources: [], operations: [] };
		for (const { resource, operation } of left) {
			const larger = {
				resources: [...new Set([...block.resources, resource])],
				operations: [...new Set([...block.operations, operation])],
			};
			const shows = among.filter((place) => isIn(larger, place));
			if (shows.every((place) => left.some((each) => isSame(each, place)))) block = larger;
		}
		blocks.push(block);
		left = left.filter((place) => !isIn(block, place));
	}
	return blocks;
}

function isIn({ resources, operations }: Block, { resource, operation }: Place): boolean {
	return resources.includes(resource) && operations.includes(operation);
}

function isSame(a: Place, b: Place): boolean {
	return a.resource === b.resource && a.operation === b.operation;
}
