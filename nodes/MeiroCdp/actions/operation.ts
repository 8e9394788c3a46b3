import type { Operation } from '../../shared/operation';
import type { MeiroClient } from '../api/client';

export type CdpOperation = Operation<MeiroClient>;
