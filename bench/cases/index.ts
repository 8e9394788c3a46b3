import { COMPLETE, POLLING } from './api';
import type { Case } from './case';
import { FLOOR, OURS, OURS_ALONE, OURS_TO_SOURCE, RAW_NODE, STOCK_CODE, STOCK_EDIT } from './flows';
import { SYSTEM, SYSTEM_TO_SOURCE } from './systemWebhooks';

export { POLLING } from './api';
export { throughMeiro, type Case, type Round, type Runner } from './case';
export { bodyOf, flowTarget, OURS, OURS_ALONE, publishOurs } from './flows';

export const CASES: Case[] = [
	STOCK_EDIT,
	STOCK_CODE,
	OURS_ALONE,
	OURS,
	OURS_TO_SOURCE,
	FLOOR,
	RAW_NODE,
	SYSTEM,
	SYSTEM_TO_SOURCE,
	POLLING,
	COMPLETE,
];
