/**
 * The packages that are made of this source. n8n verifies packages of one service only; so beside the combined package
 * there is one for each service. What they share stands in the root's package.json alone.
 */
const { join } = require('node:path');

const combined = require('../package.json');
const products = require('./products.json');

/** What all packages have in common, word for word. */
const SHARED = [
	'version',
	'license',
	'author',
	'homepage',
	'bugs',
	'repository',
	'engines',
	'peerDependencies',
];
const GENERAL_KEYWORDS = ['n8n-community-node-package', 'n8n'];

const fileName = (path) => path.split('/').at(-1);

/** The manifest of a product, as it is committed and published. */
function manifestOf({ name, description, keywords, has, files }) {
	const shared = Object.fromEntries(SHARED.map((key) => [key, combined[key]]));
	const own = (paths) => paths.filter((path) => fileName(path).startsWith(has));
	return {
		name,
		description,
		...shared,
		repository: { ...combined.repository, directory: `packages/${name}` },
		keywords: [...GENERAL_KEYWORDS, ...keywords],
		files,
		n8n: {
			...combined.n8n,
			credentials: own(combined.n8n.credentials),
			nodes: own(combined.n8n.nodes),
		},
	};
}

/** Which package has a node, by the node's class. */
function ownerOf(className) {
	return products.find(({ has }) => className.startsWith(has)).name;
}

const MANIFESTS = products.map(manifestOf);
const folderOf = (name) => join(__dirname, name);
const text = (manifest) => `${JSON.stringify(manifest, null, '\t')}\n`;

module.exports = { MANIFESTS, combined, fileName, folderOf, ownerOf, text };
