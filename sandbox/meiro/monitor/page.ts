'use strict';
import type { MonitorData, MonitorEvent } from './routes';

(() => {
	type Filter = { source: string; event_name: string };
	type Group = MonitorData['groups'][number];
	/** The table rows that show one group or one event. */
	interface Rows {
		nodes: HTMLElement[];
	}
	interface GroupRows extends Rows {
		count: HTMLElement;
		last: HTMLElement;
	}

	const POLL_MS = 2000;
	const products: Record<string, string> = {
		meiro_events: 'Meiro Events',
		meiro_pipes: 'Meiro Pipes',
		meiro_cdp: 'Meiro CDP',
	};
	const filter: Filter = { source: '', event_name: '' };
	const groupRows = new Map<string, GroupRows>();
	const eventRows = new Map<number, Rows>();
	let paused = false;
	let timer: ReturnType<typeof setTimeout> | undefined;

	function find(id: string): HTMLElement {
		const node = document.getElementById(id);
		if (!node) throw new Error(`The page has no #${id}`);
		return node;
	}

	function findSelect(id: string): HTMLSelectElement {
		const node = find(id);
		if (!(node instanceof HTMLSelectElement)) throw new Error(`#${id} is not a select`);
		return node;
	}

	/** An element whose content is text only: payloads and names come from strangers. */
	function element<Tag extends keyof HTMLElementTagNameMap>(
		tag: Tag,
		{ text, ...attributes }: Record<string, string> = {},
		...children: Array<Node | string>
	): HTMLElementTagNameMap[Tag] {
		const node = document.createElement(tag);
		if (text !== undefined) node.textContent = text;
		for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
		node.append(...children);
		return node;
	}

	/** A name that may break after its underscores and dashes, not in the midst of a word. */
	function breakable(name: string): Array<Node | string> {
		const parts = name.split(/(?<=[_.-])/);
		return parts.flatMap((part, at) => (at === 0 ? [part] : [document.createElement('wbr'), part]));
	}

	function setText(node: HTMLElement, text: string): void {
		if (node.textContent !== text) node.textContent = text;
	}

	function clock(iso: string): string {
		const time = new Date(iso);
		const two = (number: number) => String(number).padStart(2, '0');
		return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
	}

	function pretty(payload: string): string {
		try {
			return JSON.stringify(JSON.parse(payload), null, 2);
		} catch {
			return payload;
		}
	}

	/** Puts rows into the order of `keys` and keeps those that are there: focus must not be lost. */
	function arrange<Key>(body: HTMLElement, rows: Map<Key, Rows>, keys: Key[]): void {
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

	function createGroup({ source, event_name, product }: Group): GroupRows {
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

	function createEvent(event: MonitorEvent): Rows {
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
			element('td', {}, ...breakable(event.source)),
			element('td', {}, ...breakable(event.event_name)),
			element(
				'td',
				{ class: 'wide' },
				element('div', { class: 'preview', text: event.payload.slice(0, 300) }),
			),
		);
		const cell = element('td', { class: 'detail', colspan: '4' });
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

	function fillSelect(select: HTMLSelectElement, values: string[], chosen: string): void {
		const all = [...new Set([...values, ...(chosen ? [chosen] : [])])].sort();
		const key = JSON.stringify(all);
		if (select.dataset.key !== key) {
			select.dataset.key = key;
			select.replaceChildren(
				element('option', { value: '', text: 'All' }),
				...all.map((value) => element('option', { value, text: value })),
			);
		}
		select.value = chosen;
	}

	function showFigures(groups: Group[]): void {
		const total = groups.reduce((sum, group) => sum + group.count, 0);
		const last = groups
			.map((group) => group.last_received_at)
			.sort()
			.at(-1);
		setText(find('figure-events'), total.toLocaleString('en'));
		setText(find('figure-sources'), String(new Set(groups.map((group) => group.source)).size));
		setText(find('figure-types'), String(new Set(groups.map((group) => group.event_name)).size));
		setText(find('figure-last'), last ? clock(last) : '–');
	}

	function show(data: MonitorData): void {
		showFigures(data.groups);
		const keys = data.groups.map((group) => {
			const key = JSON.stringify([group.product, group.source, group.event_name]);
			const rows = groupRows.get(key) ?? createGroup(group);
			groupRows.set(key, rows);
			setText(rows.count, group.count.toLocaleString('en'));
			setText(rows.last, clock(group.last_received_at));
			return key;
		});
		arrange(find('group-rows'), groupRows, keys);
		for (const event of data.events) {
			if (!eventRows.has(event.id)) eventRows.set(event.id, createEvent(event));
		}
		arrange(
			find('event-rows'),
			eventRows,
			data.events.map((event) => event.id),
		);
		fillSelect(
			findSelect('source'),
			data.groups.map((group) => group.source),
			filter.source,
		);
		fillSelect(
			findSelect('event-name'),
			data.groups.map((group) => group.event_name),
			filter.event_name,
		);
		find('groups-empty').hidden = data.groups.length > 0;
		find('events-empty').hidden = data.events.length > 0;
		setText(find('updated'), `updated ${clock(data.generated_at)}`);
	}

	function setState(state: 'live' | 'lost' | 'paused', text: string): void {
		find('dot').dataset.state = state;
		// A status that is written again would be read out again.
		setText(find('state'), text);
	}

	async function poll(): Promise<void> {
		clearTimeout(timer);
		const asked = new URLSearchParams(filter).toString();
		try {
			const response = await fetch(`/app/monitoring/data?${asked}`);
			if (!response.ok) throw new Error(String(response.status));
			const data = (await response.json()) as MonitorData;
			// An answer to an older filter must not overwrite that of the newer one.
			if (asked === new URLSearchParams(filter).toString()) show(data);
			if (!paused) setState('live', 'Live');
		} catch {
			if (!paused) setState('lost', 'Connection lost, trying again');
		}
		clearTimeout(timer);
		if (!paused) timer = setTimeout(poll, POLL_MS);
	}

	function applyFilter(change: Partial<Filter>): void {
		Object.assign(filter, change);
		const given = Object.entries(filter).filter(([, value]) => value !== '');
		const query = new URLSearchParams(given).toString();
		history.replaceState(null, '', query ? `?${query}` : location.pathname);
		void poll();
	}

	findSelect('source').addEventListener('change', () =>
		applyFilter({ source: findSelect('source').value }),
	);
	findSelect('event-name').addEventListener('change', () =>
		applyFilter({ event_name: findSelect('event-name').value }),
	);
	find('clear').addEventListener('click', () => applyFilter({ source: '', event_name: '' }));
	find('pause').addEventListener('click', () => {
		paused = !paused;
		find('pause').setAttribute('aria-pressed', String(paused));
		if (paused) {
			clearTimeout(timer);
			setState('paused', 'Paused');
		} else {
			void poll();
		}
	});
	const asked = new URLSearchParams(location.search);
	applyFilter({ source: asked.get('source') ?? '', event_name: asked.get('event_name') ?? '' });
})();
