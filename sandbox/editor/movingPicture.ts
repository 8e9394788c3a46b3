// A short moving picture out of screenshots.
import { applyPalette, GIFEncoder, quantize } from 'gifenc';
import type { Browser, Page } from 'playwright-core';

export interface Frame {
	png: Buffer;
	/** How long it is shown. */
	ms: number;
}

const COLOURS = 128;

/** What the browser has and Node.js has not; used inside `evaluate` alone. */
interface Pixels {
	width: number;
	height: number;
}
interface Context {
	drawImage(picture: Pixels, x: number, y: number): void;
	getImageData(x: number, y: number, width: number, height: number): { data: Uint8Array };
}
declare function createImageBitmap(blob: unknown): Promise<Pixels>;
declare class OffscreenCanvas {
	constructor(width: number, height: number);
	getContext(kind: '2d'): Context;
}

/** An animated GIF, which plays wherever a README is read. The browser decodes the PNGs, on a page that no policy binds. */
export async function movingPicture(browser: Browser, frames: Frame[]): Promise<Uint8Array> {
	const page = await browser.newPage();
	const gif = GIFEncoder();
	for (const { png, ms } of frames) {
		const { rgba, width, height } = await decode(page, png);
		const palette = quantize(rgba, COLOURS);
		gif.writeFrame(applyPalette(rgba, palette), width, height, { palette, delay: ms });
	}
	gif.finish();
	await page.close();
	return gif.bytes();
}

async function decode(page: Page, png: Buffer) {
	const { base64, width, height } = await page.evaluate(
		async (data) => {
			const picture = await createImageBitmap(await (await fetch(data)).blob());
			const canvas = new OffscreenCanvas(picture.width, picture.height);
			const context = canvas.getContext('2d');
			context.drawImage(picture, 0, 0);
			const { data: pixels } = context.getImageData(0, 0, picture.width, picture.height);
			let text = '';
			for (let at = 0; at < pixels.length; at += 0x8000)
				text += String.fromCharCode(...pixels.subarray(at, at + 0x8000));
			return { base64: btoa(text), width: picture.width, height: picture.height };
		},
		`data:image/png;base64,${png.toString('base64')}`,
	);
	return { rgba: new Uint8Array(Buffer.from(base64, 'base64')), width, height };
}
