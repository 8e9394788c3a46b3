import { accountRows } from './account';
import { campaignRows } from './campaign';
import { eventRows } from './event';
import { flowRows } from './flow';
import { listRows } from './list';
import { metricRows } from './metric';
import { profileRows } from './profile';
import type { ContractRow } from './row';
import { segmentRows } from './segment';

/** Every operation of the Klaviyo node has at least one; a test counts them. */
export const ROWS: ContractRow[] = [
	...accountRows,
	...campaignRows,
	...eventRows,
	...flowRows,
	...listRows,
	...metricRows,
	...profileRows,
	...segmentRows,
];
