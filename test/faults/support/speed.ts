import { eventsOf } from '../../../nodes/Klaviyo/trigger/events';
import { parseBody, type ReadBody } from '../../../nodes/Klaviyo/trigger/body/readBody';
import { bodyOf, recipeNamed } from '../../../nodes/Klaviyo/trigger/recipes';
import { inventEntry } from '../../../sandbox/klaviyo/profiles';
import { createCompiler } from '../../../sandbox/klaviyo/render';
import { renderBody } from './rendering';

export interface Speed {
	body_bytes: number;
	normalise_us: number;
	read_and_normalise_us: number;
}

const SETTINGS = { account: 'shop', fallbackEventName: '', includeRaw: false };
const RECEIVED_AT = '2031-02-03T04:05:07.000Z';
const HEADERS = { 'x-klaviyo-flow-id': 'AbC123' };
const ROUNDS = 5;

/** Microseconds for one body of about 2 kB, in a loop after warm-up: the median of several rounds. */
export function measureSpeed(loops: number): Speed {
	const text = bodyOfTwoKilobytes();
	const body = parseBody(text, 'application/json');
	const normalise = (read: ReadBody) => eventsOf(read, HEADERS, RECEIVED_AT, SETTINGS);
	return {
		body_bytes: Buffer.byteLength(text),
		normalise_us: medianUs(loops, () => normalise(body)),
		read_and_normalise_us: medianUs(loops, () => normalise(parseBody(text, 'application/json'))),
	};
}

/** A recommended body to which the user has added the order's lines. */
function bodyOfTwoKilobytes(): string {
	const rendered = renderBody(createCompiler()(bodyOf(recipeNamed('winBack')!)), inventEntry(1));
	const body = JSON.parse(rendered) as { event: Record<string, unknown> };
	body.event.Items = Array.from({ length: 6 }, (_, index) => ({
		ProductID: `lamp-${index}`,
		SKU: `LAMP-${index}`,
		ProductName: 'Desk Lamp with a long name',
		Quantity: '2',
		ItemPrice: '41.50',
		RowTotal: 83,
		ProductURL: `https://shop.example/products/desk-lamp-${index}`,
		ImageURL: `https://shop.example/images/desk-lamp-${index}.png`,
		Categories: ['Home', 'Light'],
	}));
	return JSON.stringify(body);
}

/** Microseconds of one call: the median of several rounds after warm-up. */
export function medianUs(loops: number, work: () => unknown): number {
	for (let i = 0; i < loops / 5; i++) work();
	const rounds = Array.from({ length: ROUNDS }, () => {
		const start = process.hrtime.bigint();
		for (let i = 0; i < loops; i++) work();
		return Number(process.hrtime.bigint() - start) / 1000 / loops;
	});
	return Math.round(rounds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]! * 10) / 10;
}
