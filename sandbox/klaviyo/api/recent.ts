/** The last `most` things, the oldest first. */
export class Recent<T> {
	private kept: T[] = [];

	/** @throws RangeError unless `most` is a whole number above 0. */
	constructor(private readonly most: number) {
		if (!Number.isInteger(most) || most < 1) throw new RangeError(`cannot keep ${most}`);
	}

	add(...things: T[]): void {
		this.kept.push(...things);
		// In big steps: moving the rest forward for each one would cost more than keeping it.
		if (this.kept.length >= 2 * this.most) this.kept = this.kept.slice(-this.most);
	}

	list(): T[] {
		return this.kept.slice(-this.most);
	}
}
