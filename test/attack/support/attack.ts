/** One try to get in, out, or at something, and whether it did. */
export interface Attack {
	what: string;
	succeeds(): boolean | Promise<boolean>;
}

/** Attacks of one kind, and the honest thing that must still work: else all would fail for the wrong reason. */
export interface AttackGroup {
	name: string;
	attacks(): Attack[] | Promise<Attack[]>;
	honest(): boolean | Promise<boolean>;
	/** Ends what the attacks needed. */
	close?(): Promise<void>;
}

export interface Tally {
	tried: number;
	/** What got through; for the eye. */
	accepted: string[];
	honest: boolean;
}

/** Tries the attacks of a group, one after the other. @param every 5: each fifth alone */
export async function tryAll(group: AttackGroup, every = 1): Promise<Tally> {
	try {
		const attacks = (await group.attacks()).filter((_, index) => index % every === 0);
		const accepted: string[] = [];
		for (const { what, succeeds } of attacks) if (await succeeds()) accepted.push(what);
		return { tried: attacks.length, accepted, honest: await group.honest() };
	} finally {
		await group.close?.();
	}
}
