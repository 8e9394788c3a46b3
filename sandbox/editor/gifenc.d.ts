// gifenc brings no types; this is what is used of it (https://github.com/mattdesl/gifenc).
declare module 'gifenc' {
	type Palette = Array<[number, number, number]>;
	interface Encoder {
		writeFrame(
			pixels: Uint8Array,
			width: number,
			height: number,
			/** `delay` in milliseconds. */
			options: { palette: Palette; delay: number },
		): void;
		finish(): void;
		bytes(): Uint8Array;
	}
	export function GIFEncoder(): Encoder;
	export function quantize(rgba: Uint8Array, maxColors: number): Palette;
	export function applyPalette(rgba: Uint8Array, palette: Palette): Uint8Array;
}
