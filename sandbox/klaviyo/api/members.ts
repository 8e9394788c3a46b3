import type { StoredProfile } from './profile-store';

/** Who is in which list or segment, and since when. */
export class Members {
	private readonly groups = new Map<string, Map<string, Date>>();

	/** Who is in already stays since then. */
	add(groupId: string, profileId: string, at: Date): void {
		const group = this.groups.get(groupId) ?? new Map<string, Date>();
		this.groups.set(groupId, group);
		if (!group.has(profileId)) group.set(profileId, at);
	}

	remove(groupId: string, profileId: string): void {
		this.groups.get(groupId)?.delete(profileId);
	}

	has(groupId: string, profileId: string): boolean {
		return this.groups.get(groupId)?.has(profileId) ?? false;
	}

	/** Profile ids with the moment each one joined. */
	of(groupId: string): ReadonlyMap<string, Date> {
		return this.groups.get(groupId) ?? new Map();
	}

	groupsOf(profileId: string): string[] {
		return [...this.groups].filter(([, group]) => group.has(profileId)).map(([id]) => id);
	}

	/** The profile is gone, or has become another one. */
	replace({ id }: StoredProfile, other: StoredProfile | null): void {
		for (const [groupId, group] of this.groups) {
			const joined = group.get(id);
			if (!group.delete(id) || !other || !joined) continue;
			this.add(groupId, other.id, joined);
		}
	}
}
