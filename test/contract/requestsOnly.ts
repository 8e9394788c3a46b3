// A specification without what says nothing of requests: flow definitions in answers refer to each other so
// deeply that Prism needs minutes for them.
interface Node {
	[key: string]: unknown;
}

/** How many references deep an answer is kept: enough for resources with their attributes. */
const ANSWER_DEPTH = 3;

/**
 * The document with these operations alone, and their successful answers cut off in the depth. What is said of
 * requests is left as it is.
 *
 * @param isWanted by method and path template
 */
export function requestsOnly(
	document: Node,
	isWanted: (method: string, template: string) => boolean,
): Node {
	const schemas = ((document.components as Node).schemas ?? {}) as Node;
	const paths: Node = {};
	for (const [template, operations] of Object.entries(document.paths as Record<string, Node>)) {
		const kept = Object.entries(operations).filter(([method]) =>
			isWanted(method.toUpperCase(), template),
		);
		if (kept.length === 0) continue;
		paths[template] = Object.fromEntries(
			kept.map(([method, operation]) => [
				method,
				{
					...(operation as Node),
					responses: answersOf((operation as Node).responses as Record<string, Node>, schemas),
				},
			]),
		);
	}
	return {
		...document,
		paths,
		components: {
			...(document.components as Node),
			schemas: reachable(paths, schemas),
			responses: {},
		},
	};
}

function answersOf(responses: Record<string, Node>, schemas: Node): Node {
	const successful = Object.entries(responses).filter(([status]) => status.startsWith('2'));
	return Object.fromEntries(
		successful.map(([status, answer]) => [status, shallow(answer, schemas, ANSWER_DEPTH)]),
	);
}

/** References replaced by what they mean, down to a depth, and by anything below it. */
function shallow(node: unknown, schemas: Node, depth: number): unknown {
	if (Array.isArray(node)) return node.map((each) => shallow(each, schemas, depth));
	if (typeof node !== 'object' || node === null) return node;
	const { $ref } = node as { $ref?: unknown };
	if (typeof $ref === 'string') {
		return depth === 0 ? {} : shallow(schemas[nameIn($ref)], schemas, depth - 1);
	}
	return Object.fromEntries(
		Object.entries(node).map(([key, value]) => [key, shallow(value, schemas, depth)]),
	);
}

/** The schemas that are referred to, also by each other. */
function reachable(from: unknown, schemas: Node): Node {
	const names = new Set<string>();
	const visit = (node: unknown): void => {
		for (const [, name = ''] of JSON.stringify(node).matchAll(
			/"#\/components\/schemas\/([^"]+)"/g,
		)) {
			if (names.has(name)) continue;
			names.add(name);
			visit(schemas[name]);
		}
	};
	visit(from);
	return Object.fromEntries([...names].map((name) => [name, schemas[name]]));
}

function nameIn(reference: string): string {
	return reference.replace('#/components/schemas/', '');
}
