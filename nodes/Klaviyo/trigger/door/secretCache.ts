import type { Access, WebhookSecret } from './authenticate';

/** A changed or withdrawn secret is noticed after this time at the latest. */
const MAX_AGE_MS = 30_000;
/** A wrong secret makes n8n read the credential again, but strangers can't make it do so more often than this. */
const MIN_RELOAD_INTERVAL_MS = 1_000;

interface Entry {
	secret: Promise<WebhookSecret>;
	readAt: number;
}

/**
 * Keeps webhook secrets in this process: reading a credential costs a database query and a decryption,
 * too much to pay for each request of a burst.
 */
export class SecretCache {
	private readonly entries = new Map<string, Entry>();

	/** @param now a clock that nobody sets: with the one on the wall, a withdrawn secret would get in for longer */
	constructor(private readonly now: () => number = () => performance.now()) {}

	/**
	 * Judges a delivery by the cached secret; when that doesn't fit, by a freshly read one,
	 * as the secret may have been changed a moment ago.
	 *
	 * @param verdict judges the delivery by one secret
	 * @throws what `load` throws, when the credential can't be read
	 */
	async judge(
		key: string,
		verdict: (secret: WebhookSecret) => Access,
		load: () => Promise<WebhookSecret>,
	): Promise<Access> {
		const access = verdict(await this.get(key, load, MAX_AGE_MS));
		if (access.granted) return access;
		return verdict(await this.get(key, load, MIN_RELOAD_INTERVAL_MS));
	}

	private async get(
		key: string,
		load: () => Promise<WebhookSecret>,
		maxAgeMs: number,
	): Promise<WebhookSecret> {
		const known = this.entries.get(key);
		if (known && this.now() - known.readAt < maxAgeMs) return await known.secret;

		// Requests that arrive meanwhile wait for this same read.
		const entry: Entry = { secret: load(), readAt: this.now() };
		this.entries.set(key, entry);
		// A failed read is not kept: the next request tries again.
		entry.secret.catch(() => {
			if (this.entries.get(key) === entry) this.entries.delete(key);
		});
		return await entry.secret;
	}
}
