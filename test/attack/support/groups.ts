import { ADDRESS_ATTACKS, SOURCE_ATTACKS } from './addresses';
import type { AttackGroup } from './attack';
import { API_STEERING_ATTACKS, ID_ATTACKS } from './destinations';
import { ECHO_ATTACKS } from './echoes';
import { POLLUTION_ATTACKS } from './pollution';
import { SECRET_HEADER_ATTACKS } from './secretHeader';
import { SIGNATURE_ATTACKS, SIGNATURE_BITS } from './signatures';
import { HEADER_ATTACKS, REDIRECT_ATTACKS, STEERING_ATTACKS } from './steering';

/** All that is tried without an n8n process: by `npm test` one by one, and counted by `npm run test:faults`. */
export const ATTACK_GROUPS: AttackGroup[] = [
	SECRET_HEADER_ATTACKS,
	SIGNATURE_ATTACKS,
	SIGNATURE_BITS,
	ADDRESS_ATTACKS,
	SOURCE_ATTACKS,
	STEERING_ATTACKS,
	ID_ATTACKS,
	API_STEERING_ATTACKS,
	HEADER_ATTACKS,
	REDIRECT_ATTACKS,
	POLLUTION_ATTACKS,
	ECHO_ATTACKS,
];
