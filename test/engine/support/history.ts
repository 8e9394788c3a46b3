import { createHash } from 'node:crypto';
import { DataDeduplicationService } from 'n8n-core';
import type {
	DeduplicationItemTypes,
	DeduplicationScope,
	ICheckProcessedContextData,
	ICheckProcessedOptions,
	IDataDeduplicator,
	IDeduplicationOutput,
} from 'n8n-workflow';

/**
 * n8n's deduplication store in memory, with the behaviour of n8n's own: a check records, entries are
 * hashes in the order of their recording, and the oldest fall out beyond `maxEntries`.
 */
class MemoryHistory implements IDataDeduplicator {
	private readonly entries = new Map<string, string[]>();
	/** What the store was asked, in order. */
	calls: string[] = [];
	/** What it fails with, when it shall fail. */
	failure: Error | null = null;

	clear(): void {
		this.entries.clear();
		this.calls = [];
		this.failure = null;
	}

	/** How many events are remembered. */
	get size(): number {
		return [...this.entries.values()].reduce((sum, { length }) => sum + length, 0);
	}

	async checkProcessedAndRecord(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		context: ICheckProcessedContextData,
		{ maxEntries }: ICheckProcessedOptions,
	): Promise<IDeduplicationOutput> {
		this.note(`check ${items.length}`);
		const entries = this.of(scope, context);
		const before = new Set(entries);
		const result: IDeduplicationOutput = { new: [], processed: [] };
		for (const item of items) {
			if (before.has(hashOf(item))) result.processed.push(item);
			else {
				result.new.push(item);
				entries.push(hashOf(item));
			}
		}
		if (maxEntries) entries.splice(0, entries.length - maxEntries);
		return result;
	}

	async removeProcessed(
		items: DeduplicationItemTypes[],
		scope: DeduplicationScope,
		context: ICheckProcessedContextData,
	): Promise<void> {
		this.note(`remove ${items.length}`);
		const entries = this.of(scope, context);
		for (const item of items) {
			const position = entries.indexOf(hashOf(item));
			if (position >= 0) entries.splice(position, 1);
		}
	}

	async clearAllProcessedItems(): Promise<void> {
		this.entries.clear();
	}

	async getProcessedDataCount(): Promise<number> {
		return this.size;
	}

	private note(call: string): void {
		this.calls.push(call);
		if (this.failure) throw this.failure;
	}

	private of(scope: DeduplicationScope, { node, workflow }: ICheckProcessedContextData): string[] {
		const key = scope === 'node' ? `${workflow.id}:${node!.id}` : workflow.id;
		const entries = this.entries.get(key) ?? [];
		this.entries.set(key, entries);
		return entries;
	}
}

function hashOf(item: DeduplicationItemTypes): string {
	return createHash('md5').update(String(item)).digest('base64');
}

export const history = new MemoryHistory();

// n8n takes one store for the whole process.
void DataDeduplicationService.init(history);
