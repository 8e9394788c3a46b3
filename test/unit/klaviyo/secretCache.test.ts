import { authenticate, type WebhookSecret } from '../../../nodes/Klaviyo/trigger/door/authenticate';
import { SecretCache } from '../../../nodes/Klaviyo/trigger/door/secretCache';

const OLD = 'the-old-secret-of-the-shop';
const NEW = 'the-new-secret-of-the-shop';
const carrying = (secret: string) => ({ 'x-klaviyo-secret': secret });

/** A credential in n8n's database, a clock, and the cache between them. */
class Bench {
	time = 1_000_000;
	reads = 0;
	secret = OLD;
	failure: Error | null = null;
	private readonly cache = new SecretCache(() => this.time);

	async judge(secret: string, key = 'credential-1') {
		const access = await this.cache.judge(
			key,
			(expected) => authenticate(carrying(secret), expected),
			async () => await this.read(),
		);
		return access.granted;
	}

	private async read(): Promise<WebhookSecret> {
		this.reads++;
		await new Promise((resolve) => setImmediate(resolve));
		if (this.failure) throw this.failure;
		return { headerName: 'X-Klaviyo-Secret', secret: this.secret };
	}
}

let bench: Bench;
beforeEach(() => {
	bench = new Bench();
});

describe('the secret in the process', () => {
	it('is read once for a burst that arrives before the first read has ended', async () => {
		const granted = await Promise.all(
			Array.from({ length: 100 }, async () => await bench.judge(OLD)),
		);
		expect(granted).toEqual(Array(100).fill(true));
		expect(bench.reads).toBe(1);
	});

	it('is used for just under thirty seconds, and then read again', async () => {
		await bench.judge(OLD);
		bench.time += 29_999;
		await bench.judge(OLD);
		expect(bench.reads).toBe(1);
		bench.time += 1;
		await bench.judge(OLD);
		expect(bench.reads).toBe(2);
	});

	it('lets a withdrawn secret in for thirty seconds at most', async () => {
		await bench.judge(OLD);
		bench.secret = NEW;
		bench.time += 30_000;
		expect(await bench.judge(OLD)).toBe(false);
	});

	it('is not kept longer because deliveries keep using it', async () => {
		await bench.judge(OLD);
		bench.secret = NEW;
		for (let i = 0; i < 5; i++) {
			bench.time += 6_000;
			await bench.judge(OLD);
		}
		expect(await bench.judge(OLD)).toBe(false);
	});

	it('is kept apart for each credential', async () => {
		await bench.judge(OLD, 'credential-1');
		bench.secret = NEW;
		expect(await bench.judge(NEW, 'credential-2')).toBe(true);
		expect(await bench.judge(OLD, 'credential-2')).toBe(false);
		expect(await bench.judge(OLD, 'credential-1')).toBe(true);
	});
});

describe('a secret that does not fit', () => {
	it('is judged by a fresh read a second after the last one, as it may be the new secret', async () => {
		await bench.judge(OLD);
		bench.secret = NEW;
		bench.time += 1_000;
		expect(await bench.judge(NEW)).toBe(true);
		expect(await bench.judge(OLD)).toBe(false);
	});

	it('causes no read within a second of the last one', async () => {
		await bench.judge(OLD);
		bench.time += 999;
		expect(await bench.judge('a-wrong-secret-of-somebody')).toBe(false);
		expect(bench.reads).toBe(1);
	});

	it('causes one read a second at most, however many strangers knock side by side', async () => {
		await bench.judge(OLD);
		for (let second = 1; second <= 5; second++) {
			bench.time += 1_000;
			const strangers = Array.from(
				{ length: 50 },
				async (_, i) => await bench.judge(`stranger-${i}-at-the-door`),
			);
			expect(await Promise.all(strangers)).toEqual(Array(50).fill(false));
			expect(bench.reads).toBe(1 + second);
		}
	});

	it('does not keep those with the right one out', async () => {
		await bench.judge(OLD);
		bench.time += 1_000;
		const both = await Promise.all([bench.judge('a-wrong-secret-of-somebody'), bench.judge(OLD)]);
		expect(both).toEqual([false, true]);
	});
});

describe('a credential that can not be read', () => {
	it('is told to every request that waits for the read, and lets nobody in', async () => {
		bench.failure = new Error('database is locked');
		const answers = await Promise.allSettled([bench.judge(OLD), bench.judge(OLD)]);
		expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
		expect(bench.reads).toBe(1);
	});

	it('is read again by the next request, without a wait', async () => {
		bench.failure = new Error('database is locked');
		await expect(bench.judge(OLD)).rejects.toThrow('database is locked');
		bench.failure = null;
		expect(await bench.judge(OLD)).toBe(true);
	});

	it('lets nobody in with a secret that has grown too old', async () => {
		await bench.judge(OLD);
		bench.failure = new Error('database is locked');
		bench.time += 30_000;
		await expect(bench.judge(OLD)).rejects.toThrow('database is locked');
	});
});
