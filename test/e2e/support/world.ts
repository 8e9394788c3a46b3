import { WorldBuilder, type World } from '../../../sandbox/demo/world';

/** A world for all tests of a file: `take` gets it before the first, and it ends after the last. */
export function withWorld(take: (world: World) => void): void {
	const builder = new WorldBuilder();

	beforeAll(async () => {
		await builder.install(() => undefined);
		await builder.installPackage();
		await builder.startStandIns();
		await builder.startN8n();
		take(await builder.finish());
	}, 900_000);

	afterAll(async () => await builder.close());
}
