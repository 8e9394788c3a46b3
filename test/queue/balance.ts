import { isReady, type N8nServer } from '../../sandbox/n8n/server';

const ASK_EVERY_MS = 250;

/** Spreads deliveries over the processes that are ready, as a load balancer with health checks does. */
export class Balancer {
	private readonly ready: Set<N8nServer>;
	private readonly asking: NodeJS.Timeout;
	private turn = 0;

	constructor(private readonly servers: N8nServer[]) {
		this.ready = new Set(servers);
		this.asking = setInterval(
			() => servers.forEach((server) => void this.ask(server)),
			ASK_EVERY_MS,
		);
	}

	/** The next address for a path; null while none is ready. */
	next(path: string): string | null {
		const ready = this.servers.filter((server) => this.ready.has(server));
		const server = ready[this.turn++ % ready.length];
		return server === undefined ? null : server.url + path;
	}

	close(): void {
		clearInterval(this.asking);
	}

	private async ask(server: N8nServer): Promise<void> {
		if (await isReady(server.url)) this.ready.add(server);
		else this.ready.delete(server);
	}
}
