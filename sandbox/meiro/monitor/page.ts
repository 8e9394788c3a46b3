// The page: asks for what arrived, shows it, and filters it.
import { drawArrivals } from './chart';
import { clock, element, find, findSelect, setText } from './dom';
import { arrange, createEvent, createGroup, type Group, type GroupRows, type Rows } from './rows';
import type { MonitorData } from './routes';

type Filter = { source: string; event_name: string };

const POLL_MS = 1000;
const filter: Filter = { source: '', event_name: '' };
const groupRows = new Map<string, GroupRows>();
const eventRows = new Map<number, Rows>();
let paused = false;
let timer: ReturnType<typeof setTimeout> | undefined;

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
	drawArrivals(data.arrivals);
	const keys = data.groups.map((group) => {
		const key = JSON.stringify([group.product, group.source, group.event_name]);
		const rows = groupRows.get(key) ?? createGroup(group, applyFilter);
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
