import { Agent } from 'node:http';

import axios, { type AxiosInstance } from 'axios';

export interface Login {
	email: string;
	password: string;
}

export interface WorkflowNode {
	id: string;
	name: string;
	type: string;
	webhookId?: string;
	parameters: Record<string, unknown>;
	credentials?: Record<string, { id: string; name: string }>;
}

/** A workflow as n8n's editor exports and imports it. */
export interface WorkflowFile {
	name: string;
	nodes: WorkflowNode[];
	connections: Record<string, unknown>;
	settings?: Record<string, unknown>;
	[key: string]: unknown;
}

export interface ExecutionSummary {
	id: string;
	status: string;
	workflowId: string;
	/** ISO 8601; null until it has begun or ended. */
	startedAt: string | null;
	stoppedAt: string | null;
}

const PUBLISHED_WITHIN_MS = 150_000;
/** n8n 2.0 says that it is ready before it knows its own addresses. */
const KNOWN_WITHIN_MS = 60_000;

/** A connection for each request: n8n cuts kept ones when they are idle, at times with a request already on its way. */
function connectionTo(url: string): AxiosInstance {
	return axios.create({
		baseURL: url,
		headers: { 'browser-id': 'sandbox' },
		httpAgent: new Agent({ keepAlive: false }),
	});
}

/** An n8n that one is signed in to. */
export interface SignedIn {
	client: N8nClient;
}

/** Speaks to n8n as its editor does. */
export class N8nClient {
	private constructor(
		private readonly http: AxiosInstance,
		readonly url: string,
	) {}

	/** Makes the owner of a fresh n8n and signs in. @throws when n8n refuses */
	static async setUp(url: string, login: Login): Promise<N8nClient> {
		const http = connectionTo(url);
		const owner = { ...login, firstName: 'Sam', lastName: 'Sandbox' };
		const deadline = Date.now() + KNOWN_WITHIN_MS;
		const validateStatus = (code: number) => code < 300 || (code === 404 && Date.now() < deadline);
		while ((await http.post('/rest/owner/setup', owner, { validateStatus })).status === 404) {
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		return await N8nClient.signIn(url, login);
	}

	/** @throws when n8n refuses */
	static async signIn(url: string, login: Login): Promise<N8nClient> {
		const http = connectionTo(url);
		const answer = await http.post('/rest/login', {
			emailOrLdapLoginId: login.email,
			password: login.password,
		});
		const cookie = (answer.headers['set-cookie'] ?? [])
			.map((text) => text.split(';')[0])
			.join('; ');
		http.defaults.headers.common.Cookie = cookie;
		http.interceptors.response.use(undefined, (error: unknown) => {
			// What n8n says of the refusal is worth more than the bare status.
			if (axios.isAxiosError(error) && error.response) {
				throw new Error(
					`n8n answered ${error.response.status} to ${error.config?.method?.toUpperCase()} ${error.config?.url}: ${JSON.stringify(error.response.data)}`,
				);
			}
			throw error;
		});
		return new N8nClient(http, url);
	}

	/** @returns the credential's id */
	async createCredential(
		type: string,
		name: string,
		data: Record<string, unknown>,
	): Promise<{ id: string; name: string }> {
		const { id } = await this.post<{ id: string }>('/rest/credentials', { type, name, data });
		return { id, name };
	}

	async testCredential(
		type: string,
		name: string,
		data: Record<string, unknown>,
	): Promise<{ status: string; message: string }> {
		return await this.post('/rest/credentials/test', {
			credentials: { id: '', name, type, data },
		});
	}

	/** @returns id, the version that `publish` takes, and the nodes as n8n has saved them */
	async createWorkflow(
		workflow: WorkflowFile,
	): Promise<{ id: string; versionId: string; nodes: WorkflowNode[] }> {
		// n8n 2.0 asks for `active`.
		return await this.post('/rest/workflows', { active: false, settings: {}, ...workflow });
	}

	/**
	 * Publishes a workflow and waits until its triggers are set up: n8n says yes before it has tried.
	 *
	 * @throws with n8n's reason when it could not be published
	 */
	async publish({ id, versionId }: { id: string; versionId: string }): Promise<void> {
		await this.post(`/rest/workflows/${id}/activate`, { versionId });
		await this.published(id);
	}

	/** Its triggers start nothing any more. */
	async unpublish(id: string): Promise<void> {
		await this.post(`/rest/workflows/${id}/deactivate`, {});
	}

	/** Waits until the triggers of a workflow that is being published are set up. @throws with n8n's reason when they are not */
	async published(id: string): Promise<void> {
		const deadline = Date.now() + PUBLISHED_WITHIN_MS;
		while (Date.now() < deadline) {
			const { status, triggers } = await this.publicationStatus(id);
			if (status === 'published') return;
			if (status === 'failed' || status === 'partial') {
				throw new Error(`Not published: ${triggers.map((one) => one.errorMessage).join('; ')}`);
			}
			await new Promise((resolve) => setTimeout(resolve, 100));
		}
		throw new Error(`Workflow ${id} was not published within ${PUBLISHED_WITHIN_MS / 1000} s`);
	}

	/**
	 * Publication goes on in the background; this tells how far it is. An n8n that has no such address has published when it
	 * has answered, or said why not.
	 */
	private async publicationStatus(id: string): Promise<PublicationStatus> {
		const path = `/rest/workflows/${id}/publication-status`;
		const { status, data } = await this.http.get<{ data: PublicationStatus }>(path, {
			validateStatus: (code) => code === 200 || code === 404,
		});
		return status === 404 ? { status: 'published', triggers: [] } : data.data;
	}

	async executions(workflowId: string, limit = 100): Promise<ExecutionSummary[]> {
		// One that goes on while pages are read can stand on two of them.
		const found = new Map<string, ExecutionSummary>();
		for (let from: PageStart | null = {}; from !== null; ) {
			const page: ExecutionPage = await this.get('/rest/executions', {
				filter: JSON.stringify({ workflowId }),
				limit,
				...from,
			});
			for (const one of page.results) found.set(one.id, one);
			from = nextPage(page, limit);
		}
		return [...found.values()];
	}

	/** An address outside n8n's REST API, as the editor's own files. */
	async raw<T>(path: string): Promise<T> {
		return (await this.http.get<T>(path)).data;
	}

	async get<T>(path: string, params?: Record<string, unknown>): Promise<T> {
		return (await this.http.get<{ data: T }>(path, { params })).data.data;
	}

	async post<T>(path: string, body: unknown): Promise<T> {
		return (await this.http.post<{ data: T }>(path, body)).data.data;
	}

	async patch<T>(path: string, body: unknown): Promise<T> {
		return (await this.http.patch<{ data: T }>(path, body)).data.data;
	}
}

interface ExecutionPage {
	results: ExecutionSummary[];
	/** Of the next page; null on the last one. Older n8n has none. */
	nextCursor?: string | null;
}

type PageStart = { cursor?: string; lastId?: string };

function nextPage({ results, nextCursor }: ExecutionPage, limit: number): PageStart | null {
	if (nextCursor === null) return null;
	if (nextCursor !== undefined) return { cursor: nextCursor };
	// Older n8n goes by the last one that was shown.
	return results.length < limit ? null : { lastId: results.at(-1)!.id };
}

interface PublicationStatus {
	status: 'in_progress' | 'not_published' | 'published' | 'partial' | 'failed';
	triggers: Array<{ nodeId: string; status: string; errorMessage: string | null }>;
}
