import type { Report } from './report';

export const chart = (_: Report) => '';
export const page = (_: Report) => '';
