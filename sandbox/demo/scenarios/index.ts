import type { Scenario } from '../scenario';
import { listSignUp } from './listSignUp';
import { winBack } from './winBack';

/** What `npm run demo` and `npm run test:e2e` play, in this order. */
export const SCENARIOS: Scenario[] = [
	winBack,
	listSignUp,
];
