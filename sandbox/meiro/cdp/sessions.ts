import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { refuse } from '../json';
import type { CdpUser } from './types';

// https://docs.meiro.dev/docs/api/meiro-cdp-api/authentication
const hour = 3_600_000;
const tokenLifeMs = 8 * hour;
const refreshGraceMs = 4 * hour;

interface Session {
	user: CdpUser;
	expiresAt: number;
}

/** Who is logged in. */
export interface Sessions {
	/** Throws HttpError 401 for wrong credentials. */
	login(email: unknown, password: unknown): string;
	/** A new token for one that lives or ended at most 4 hours ago. Throws HttpError 401. */
	refresh(token: unknown): string;
	logout(token: unknown): void;
	/** Whose token it is. Throws HttpError 401 when it is missing, unknown or has expired. */
	userOf(token: unknown): CdpUser;
	expire(agoMs: number): void;
	logins(): number;
	refreshes(): number;
}

export function createSessions(
	users: CdpUser[],
	now: () => number,
	{ refreshEndsOldToken }: { refreshEndsOldToken: boolean },
): Sessions {
	const sessions = new Map<string, Session>();
	let logins = 0;
	let refreshes = 0;

	function open(user: CdpUser): string {
		for (const [old, { expiresAt }] of sessions) {
			if (now() > expiresAt + refreshGraceMs) sessions.delete(old);
		}
		const token = randomBytes(24).toString('hex');
		sessions.set(token, { user, expiresAt: now() + tokenLifeMs });
		return token;
	}

	return {
		login(email, password) {
			const user = users.find((one) => one.email === email && isSame(one.password, password));
			if (!user) refuse(401, 'Invalid credentials have been provided');
			logins += 1;
			return open(user);
		},
		refresh(token) {
			const session = typeof token === 'string' ? sessions.get(token) : undefined;
			if (!session) refuse(401, 'Invalid token');
			if (now() > session.expiresAt + refreshGraceMs) {
				refuse(401, 'Token is too old for refresh');
			}
			if (refreshEndsOldToken) sessions.delete(token as string);
			refreshes += 1;
			return open(session.user);
		},
		logout: (token) => void (typeof token === 'string' && sessions.delete(token)),
		userOf(token) {
			if (typeof token !== 'string' || token === '') refuse(401, 'X-Access-Token is missing');
			const session = sessions.get(token);
			if (!session) refuse(401, 'Invalid token');
			if (now() >= session.expiresAt) refuse(401, 'Token has expired');
			return session.user;
		},
		expire(agoMs) {
			for (const session of sessions.values()) {
				session.expiresAt = Math.min(session.expiresAt, now() - agoMs);
			}
		},
		logins: () => logins,
		refreshes: () => refreshes,
	};
}

function isSame(expected: string, given: unknown): boolean {
	const [one, other] = [expected, given].map((text) =>
		createHash('sha256').update(String(text)).digest(),
	) as [Buffer, Buffer];
	return typeof given === 'string' && timingSafeEqual(one, other);
}
