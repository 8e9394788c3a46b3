// Import before the engine: tsx, like Node, finds KlaviyoTrigger.node.json before KlaviyoTrigger.node.ts.
import Module from 'node:module';

type Resolve = (request: string, ...rest: unknown[]) => string;

const loader = Module as unknown as { _resolveFilename: Resolve };
const resolve = loader._resolveFilename;

loader._resolveFilename = (request, ...rest) =>
	resolve(/^\.{1,2}\/.*\.node$/.test(request) ? `${request}.ts` : request, ...rest);
