import type { Operation } from '../../shared/operation/operation';
import type { MeiroClient } from '../api/cdpClient';

export type CdpOperation = Operation<MeiroClient>;
