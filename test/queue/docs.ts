export function page(report: unknown): string { return JSON.stringify(report); }
