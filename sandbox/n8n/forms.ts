// n8n's forms, as a browser fills them in.
import { setTimeout as wait } from 'node:timers/promises';

import axios, { type AxiosRequestConfig } from 'axios';

import type { SignedIn } from './client';

const ANSWERED_WITHIN_MS = 30_000;

/** Where the published form of a workflow is, by the name of its trigger. */
export async function formAddress(
	{ client }: SignedIn,
	baseUrl: string,
	workflowId: string,
	trigger: string,
): Promise<string> {
	const { nodes } = await client.get<{ nodes: Array<{ name: string; webhookId?: string }> }>(
		`/rest/workflows/${workflowId}`,
	);
	return `${baseUrl}/form/${nodes.find(({ name }) => name === trigger)!.webhookId}`;
}

/**
 * Fills a form in and reads the page with which its workflow ends.
 *
 * @param values in the order of the form's fields
 * @returns the page, as HTML
 * @throws when the workflow does not come to its page in time
 */
export async function askForm(
	url: string,
	values: string[],
	auth: { username: string; password: string },
): Promise<string> {
	const fields = Object.fromEntries(values.map((value, index) => [`field-${index}`, value]));
	const asking = { auth, timeout: ANSWERED_WITHIN_MS };
	const submitted = await axios.postForm<{ formWaitingUrl: string }>(url, fields, asking);
	const page = submitted.data.formWaitingUrl;
	await waitForPage(page, asking);
	const { data } = await axios.get<string>(page, asking);
	// The page itself has the workflow end, once it is shown.
	await axios.post(page, {}, asking);
	return data;
}

/** As the page in the browser does: before its time n8n leaves a request for it without an answer. */
async function waitForPage(page: string, asking: AxiosRequestConfig): Promise<void> {
	const status = new URL(page);
	status.pathname += '/n8n-execution-status';
	for (const deadline = Date.now() + ANSWERED_WITHIN_MS; ; await wait(200)) {
		const said = String((await axios.get<string>(status.href, asking)).data).trim();
		if (said === 'form-waiting') return;
		if (said === 'error' || Date.now() > deadline)
			throw new Error(`The workflow of the form came to no page: ${said}`);
	}
}
