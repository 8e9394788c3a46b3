// What Klaviyo answers with 202 happens later. Here it happens when its time has come and somebody
// looks: nothing runs by itself, so a test that holds the clock holds everything.

interface Task {
	due: number;
	run: () => void;
}

export class Pending {
	private tasks: Task[] = [];

	constructor(private readonly now: () => Date) {}

	/** Runs it at once when the time has come already. */
	at(due: Date, run: () => void): void {
		if (due.getTime() <= this.now().getTime()) {
			this.settle();
			run();
		} else {
			this.tasks.push({ due: due.getTime(), run });
		}
	}

	/** What is due takes effect, in the order it became due. */
	settle(): void {
		if (this.tasks.length === 0) return;
		const now = this.now().getTime();
		const due = this.tasks.filter((task) => task.due <= now);
		if (due.length === 0) return;
		this.tasks = this.tasks.filter((task) => task.due > now);
		for (const { run } of due.sort((a, b) => a.due - b.due)) run();
	}
}
