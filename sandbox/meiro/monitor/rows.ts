// The table rows of groups and events, and their order.
import { breakable, clock, element } from './dom';
import type { MonitorData, MonitorEvent } from './routes';

export type Group = MonitorData['groups'][number];

/** The table rows that show one group or one event. */
export interface Rows {
	nodes: HTMLElement[];
}

export interface GroupRows extends Rows {
	count: HTMLElement;
	last: HTMLElement;
}

const products: Record<string, string> = {
	meiro_events: 'Meiro Events',
	meiro_pipes: 'Meiro Pipes',
	meiro_cdp: 'Meiro CDP',
};

/** Puts rows into the order of `keys` and keeps those that are there: focus must not be lost. */
export function arrange<Key>(body: HTMLElement, rows: Map<Key, Rows>, keys: Key[]): void {
	const wanted = new Set(keys);
	for (const [key, { nodes }] of rows) {
		if (wanted.has(key)) continue;
		for (const node of nodes) node.remove();
		rows.delete(key);
	}
	let next = body.firstElementChild;
	for (const key of keys) {
		for (const node of rows.get(key)?.nodes ?? []) {
			if (node === next) next = next.nextElementSibling;
			else body.insertBefore(node, next);
		}
	}
}

function pretty(payload: string): string {
	try {
		return JSON.stringify(JSON.parse(payload), null, 2);
	} catch {
		return payload;
	}
}

export function createGroup(
	{ source, event_name, product }: Group,
	applyFilter: (filter: { source: string; event_name: string }) => void,
): GroupRows {
	const count = element('td', { class: 'number' });
	const last = element('td', { class: 'number time wide' });
	const choose = element('button', { type: 'button', class: 'link' }, ...breakable(event_name));
	choose.setAttribute('aria-label', `Show the events ${event_name} of ${source}`);
	choose.addEventListener('click', () => applyFilter({ source, event_name }));
	const row = element(
		'tr',
		{},
		element('th', { scope: 'row' }, ...breakable(source)),
		element('td', {}, choose),
		element('td', { class: 'wide', text: products[product] ?? product }),
		count,
		last,
	);
	return { nodes: [row], count, last };
}

export function createEvent(event: MonitorEvent): Rows {
	const detailId = `event-${event.id}`;
	const milliseconds = event.received_at.slice(19, 23);
	const open = element('button', {
		type: 'button',
		class: 'link open time',
		'aria-expanded': 'false',
		'aria-controls': detailId,
	});
	open.append(
		element(
			'time',
			{ datetime: event.received_at },
			clock(event.received_at),
			element('span', { class: 'milliseconds', text: milliseconds }),
		),
	);
	const row = element(
		'tr',
		{ class: 'event' },
		element('td', {}, open),
		element('td', {}, ...breakable(event.person ?? '–')),
		element('td', {}, ...breakable(event.event_name)),
		element('td', { class: 'number', text: event.value ?? '–' }),
		element('td', { class: 'wide' }, ...breakable(event.source)),
	);
	const cell = element('td', { class: 'detail', colspan: '5' });
	const detail = element('tr', { id: detailId }, cell);
	detail.hidden = true;
	row.addEventListener('click', () => {
		// Selecting text is not a click on the row.
		if (String(getSelection())) return;
		detail.hidden = !detail.hidden;
		open.setAttribute('aria-expanded', String(!detail.hidden));
		row.dataset.open = String(!detail.hidden);
		if (!cell.hasChildNodes()) fillDetail(cell, event);
	});
	return { nodes: [row, detail] };
}

function fillDetail(cell: HTMLElement, event: MonitorEvent): void {
	const label = `Payload of ${event.event_name}, received ${clock(event.received_at)}`;
	cell.append(
		element('pre', {
			tabindex: '0',
			role: 'region',
			'aria-label': label,
			text: pretty(event.payload),
		}),
	);
	if (event.payload_truncated) {
		cell.append(
			element('p', { text: 'Only the beginning: the payload is too long for this page.' }),
		);
	}
}
