// One place in an event, in each way in which Meiro's products write it.

/** As the CDP's attributes and stitching rules have it: `payload -> 'profile' ->> 'email'` (Postgres, jsonb). */
export function sqlPath(path: string): string {
	const steps = path.split('.').map((step) => `'${step}'`);
	const last = steps.pop()!;
	return ['payload', ...steps].join(' -> ') + ` ->> ${last}`;
}

/** As the identifier rules of Pipes have it, from `event_payload` on: `$.profile.email`. */
export function jsonPath(path: string): string {
	return `$.${path}`;
}

/** As the alerts of Meiro Events have it: `payload,profile,email`. */
export function alertPath(path: string): string {
	return ['payload', ...path.split('.')].join(',');
}
