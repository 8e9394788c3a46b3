// n8n's data tables, as its editor reads and writes them.
import type { SignedIn } from './client';

/** Where the owner's own tables are. */
async function tablesOf({ client }: SignedIn): Promise<string> {
	const { id } = await client.get<{ id: string }>('/rest/projects/personal');
	return `/rest/projects/${id}/data-tables`;
}

/** As in n8n under Data tables. */
export async function createDataTable(
	n8n: SignedIn,
	name: string,
	columns: Record<string, string>,
): Promise<void> {
	await n8n.client.post(await tablesOf(n8n), {
		name,
		columns: Object.entries(columns).map(([column, type]) => ({ name: column, type })),
	});
}

/** Where a table is, by its name; null when there is none. */
export async function addressOf(n8n: SignedIn, name: string): Promise<string | null> {
	const tables = await tablesOf(n8n);
	const { data } = await n8n.client.get<{ data: Array<{ id: string; name: string }> }>(tables, {
		filter: JSON.stringify({ name }),
	});
	const table = data.find((each) => each.name === name);
	return table === undefined ? null : `${tables}/${table.id}`;
}

async function knownAddressOf(n8n: SignedIn, name: string): Promise<string> {
	const address = await addressOf(n8n, name);
	if (address === null) throw new Error(`n8n has no data table '${name}'`);
	return address;
}

type Row = Record<string, unknown>;
type Found = [column: string, value: string];

const filterOf = ([columnName, value]: Found) => ({
	type: 'and',
	filters: [{ columnName, condition: 'eq', value }],
});

/** Up to 250 rows of a table, by its name; `found` those that have a value. @throws when there is no such table */
export async function dataTableRows(n8n: SignedIn, name: string, found?: Found): Promise<Row[]> {
	const rows = await n8n.client.get<{ data: Row[] }>(`${await knownAddressOf(n8n, name)}/rows`, {
		take: 250,
		...(found === undefined ? {} : { filter: JSON.stringify(filterOf(found)) }),
	});
	return rows.data;
}

/** As if a workflow had written them. @throws when there is no such table */
export async function insertRows(n8n: SignedIn, name: string, rows: Row[]): Promise<void> {
	await n8n.client.post(`${await knownAddressOf(n8n, name)}/insert`, { data: rows });
}

/** As a user edits a row, found by one of its values. @throws when there is no such table */
export async function updateRow(
	n8n: SignedIn,
	name: string,
	found: Found,
	data: Row,
): Promise<void> {
	await n8n.client.patch(`${await knownAddressOf(n8n, name)}/rows`, {
		filter: filterOf(found),
		data,
	});
}
