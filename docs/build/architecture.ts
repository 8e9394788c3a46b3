// Draws the pictures of CONTRIBUTING.md from the code: docs/images/rooms.svg and docs/images/way-of-an-event.svg.
// Run: npm run docs:architecture
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

import { rooms } from '../../rooms.json';

const HOME = join(__dirname, '../..');

/**
 * The way of one event, function by function. Each has to be exported by its file, so that a picture never names what
 * is gone.
 */
const WAY: ReadonlyArray<{ title: string; steps: ReadonlyArray<[file: string, name: string]> }> = [
	{
		title: 'Klaviyo Trigger: webhook()',
		steps: [
			['nodes/Klaviyo/trigger/door/admit.ts', 'admit'],
			['nodes/Klaviyo/trigger/body/readBody.ts', 'readBody'],
			['nodes/Klaviyo/normalise/flowDelivery.ts', 'normalise'],
			['nodes/shared/event/makeEvent.ts', 'makeEvent'],
			['nodes/Klaviyo/trigger/filter.ts', 'isWanted'],
			['nodes/Klaviyo/trigger/share/shareExecution.ts', 'shareExecution'],
		],
	},
	{
		title: 'Meiro Events: execute()',
		steps: [
			['nodes/MeiroEvents/build/take.ts', 'takeEvent'],
			['nodes/MeiroEvents/build/identify.ts', 'identify'],
			['nodes/MeiroEvents/build/shape.ts', 'shapeOf'],
			['nodes/shared/delivery/deliver.ts', 'pack'],
			['nodes/shared/http/serviceClient.ts', 'ServiceClient'],
			['nodes/shared/delivery/readAnswer.ts', 'readAnswer'],
			['nodes/MeiroEvents/delivery/outcome.ts', 'outcomesOf'],
		],
	},
];

const BOX = { width: 216, height: 46, gapX: 18, gapY: 44, margin: 20 };
const STYLE = `<style>
	text { font: 12px sans-serif; fill: #1f2937 }
	.small { font-size: 10px; fill: #4b5563 }
	.title { font-weight: bold; font-size: 13px }
	rect { fill: #f3f4f6; stroke: #9ca3af; rx: 6 }
	line { stroke: #9ca3af; marker-end: url(#tip) }
	svg { background: #ffffff }
</style>
<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="7" refY="4" orient="auto"><path d="M0 0L8 4L0 8z" fill="#9ca3af"/></marker></defs>`;

export const PICTURES: Record<string, () => string> = {
	'rooms.svg': roomsPicture,
	'way-of-an-event.svg': wayPicture,
};

/** Which room imports from which, as the files have it: names of rooms.json. */
export function importsOfRooms(): Map<string, Set<string>> {
	// The deepest first: a file of nodes/Klaviyo/api is not one of nodes/Klaviyo.
	const names = rooms.map(({ folder }) => folder).sort((a, b) => b.length - a.length);
	const roomOf = (file: string) => names.find((name) => file.startsWith(`${name}/`));
	const found = new Map(names.map((name) => [name, new Set<string>()]));
	for (const file of ['nodes', 'credentials', 'bench', 'sandbox'].flatMap(sources)) {
		const room = roomOf(file)!;
		for (const [, path] of readFileSync(join(HOME, file), 'utf8').matchAll(/from '(\.[^']+)'/g)) {
			const target = roomOf(relative(HOME, join(HOME, dirname(file), path!)));
			if (target !== undefined && target !== room) found.get(room)!.add(target);
		}
	}
	return found;
}

function sources(folder: string): string[] {
	return readdirSync(join(HOME, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts'))
		.map((name) => `${folder}/${name.replaceAll('\\', '/')}`);
}

/** Rooms in rows: each stands above all that it imports from. */
function roomsPicture(): string {
	const imports = importsOfRooms();
	const used = new Set([...imports.values()].flatMap((targets) => [...targets]));
	const drawn = rooms.filter(({ folder }) => used.has(folder) || imports.get(folder)!.size > 0);
	const heightOf = (folder: string): number =>
		Math.max(0, ...[...imports.get(folder)!].map((target) => heightOf(target) + 1));
	const top = Math.max(...drawn.map(({ folder }) => heightOf(folder)));
	const rows = Array.from({ length: top + 1 }, (_, index) =>
		drawn.filter(({ folder }) => heightOf(folder) === top - index),
	);
	const widest = Math.max(...rows.map(({ length }) => length));
	const width = 2 * BOX.margin + widest * (BOX.width + BOX.gapX) - BOX.gapX;
	const places = new Map<string, { x: number; y: number }>();
	rows.forEach((row, index) => {
		const rowWidth = row.length * (BOX.width + BOX.gapX) - BOX.gapX;
		row.forEach(({ folder }, column) => {
			places.set(folder, {
				x: (width - rowWidth) / 2 + column * (BOX.width + BOX.gapX),
				y: BOX.margin + index * (BOX.height + BOX.gapY),
			});
		});
	});
	const arrows = [...imports].flatMap(([from, targets]) =>
		[...targets].map((to) => {
			const [a, b] = [places.get(from)!, places.get(to)!];
			const half = BOX.width / 2;
			return `<line x1="${a.x + half}" y1="${a.y + BOX.height}" x2="${b.x + half}" y2="${b.y - 2}"/>`;
		}),
	);
	const boxes = drawn.map(({ folder, does }) => boxOf(places.get(folder)!, folder, does));
	const height = 2 * BOX.margin + rows.length * (BOX.height + BOX.gapY) - BOX.gapY;
	return svg(width, height, [...arrows, ...boxes]);
}

function wayPicture(): string {
	const columns = WAY.map(({ title, steps }, column) => {
		const x = BOX.margin + column * (BOX.width + 90);
		const boxes = steps.map(([file, name], index) => {
			assertExported(file, name);
			const y = BOX.margin + 28 + index * (BOX.height + 18);
			const arrow =
				index === 0
					? ''
					: `<line x1="${x + BOX.width / 2}" y1="${y - 18}" x2="${x + BOX.width / 2}" y2="${y - 2}"/>`;
			const place = file.replace(/^nodes\//, '');
			return arrow + boxOf({ x, y }, name, place);
		});
		return [`<text class="title" x="${x}" y="${BOX.margin + 12}">${title}</text>`, ...boxes];
	});
	const longest = Math.max(...WAY.map(({ steps }) => steps.length));
	const first = WAY[0]!.steps.length;
	const yOut = BOX.margin + 28 + (first - 1) * (BOX.height + 18) + BOX.height / 2;
	const between = `<line x1="${BOX.margin + BOX.width}" y1="${yOut}" x2="${BOX.margin + BOX.width + 88}" y2="${BOX.margin + 28 + BOX.height / 2}"/><text class="small" x="${BOX.margin + BOX.width + 20}" y="${yOut + 24}">items,</text><text class="small" x="${BOX.margin + BOX.width + 20}" y="${yOut + 36}">any nodes</text>`;
	return svg(
		2 * BOX.margin + WAY.length * BOX.width + (WAY.length - 1) * 90,
		2 * BOX.margin + 28 + longest * (BOX.height + 18),
		[between, ...columns.flat()],
	);
}

/** @throws when the file is gone or exports no such name */
function assertExported(file: string, name: string): void {
	const source = readFileSync(join(HOME, file), 'utf8');
	if (!new RegExp(`^export (async )?(function|class|const) ${name}\\b`, 'm').test(source)) {
		throw new Error(`${file} exports no ${name}`);
	}
}

function boxOf({ x, y }: { x: number; y: number }, title: string, line: string): string {
	return [
		`<rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}"/>`,
		`<text x="${x + 10}" y="${y + 19}">${title}</text>`,
		`<text class="small" x="${x + 10}" y="${y + 35}">${line}</text>`,
	].join('');
}

function svg(width: number, height: number, parts: string[]): string {
	const size = `width="${width}" height="${height}" viewBox="0 0 ${width} ${height}"`;
	return `<svg xmlns="http://www.w3.org/2000/svg" ${size}>\n${STYLE}\n${parts.join('\n')}\n</svg>\n`;
}

if (require.main === module) {
	for (const [name, draw] of Object.entries(PICTURES)) {
		const file = join(HOME, 'docs/images', name);
		writeFileSync(file, draw());
		console.log(`Written: ${relative(HOME, file)}`);
	}
}
