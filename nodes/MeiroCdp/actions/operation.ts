import type { Operation } from '../../shared/operation/operation';
import type { MeiroClient } from '../api/client';

export type CdpOperation = Operation<MeiroClient>;
