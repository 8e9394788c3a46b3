const SIZE = { width: 840, height: 260 };
const PLOT = { left: 84, right: 800, top: 48, bottom: 216 };

/** Resident memory over a soak, one value every `stepSeconds`, as a line from 0 MB on; SVG, so that it needs nothing to be drawn with. */
export function memoryChart(megabytes: number[], stepSeconds: number, title: string): string {
	const most = Math.max(100, Math.ceil(Math.max(...megabytes) / 500) * 500);
	const minutes = ((megabytes.length - 1) * stepSeconds) / 60;
	const x = (minute: number) => PLOT.left + (minute / minutes) * (PLOT.right - PLOT.left);
	const y = (mb: number) => PLOT.bottom - (mb / most) * (PLOT.bottom - PLOT.top);
	const points = megabytes
		.map((mb, index) => `${round(x((index * stepSeconds) / 60))},${round(y(mb))}`)
		.join(' ');
	const levels = [0, most / 2, most].map(
		(
			mb,
		) => `	<line x1="${PLOT.left}" y1="${round(y(mb))}" x2="${PLOT.right}" y2="${round(y(mb))}" stroke="#d8dee4"/>
	<text x="${PLOT.left - 10}" y="${round(y(mb)) + 4}" text-anchor="end">${mb.toLocaleString('en')} MB</text>`,
	);
	const times = Array.from({ length: Math.floor(minutes / 2) + 1 }, (_, index) => index * 2).map(
		(minute) =>
			`	<text x="${round(x(minute))}" y="${PLOT.bottom + 22}" text-anchor="middle">${minute} min</text>`,
	);
	return `<svg xmlns="http://www.w3.org/2000/svg" width="${SIZE.width}" height="${SIZE.height}" viewBox="0 0 ${SIZE.width} ${SIZE.height}" font-family="system-ui, sans-serif" font-size="13" fill="#24292f" role="img" aria-label="${title}">
	<rect width="${SIZE.width}" height="${SIZE.height}" fill="#ffffff"/>
	<text x="20" y="26" font-size="15" font-weight="600">${title}</text>
${[...levels, ...times].join('\n')}
	<polyline points="${points}" fill="none" stroke="#1a7f5a" stroke-width="2"/>
</svg>
`;
}

const round = (value: number) => Math.round(value * 10) / 10;
