// sandbox/ and test/ run outside n8n, where the rules for code inside n8n (no file system, no process,
// no timers, no console) would forbid the very job. Everything else of n8n's set stays on.
import { configWithoutCloudSupport } from '@n8n/node-cli/eslint';

export default [
	...configWithoutCloudSupport,
	{
		files: ['sandbox/**/*.ts', 'test/**/*.ts'],
		rules: { 'no-console': 'off' },
	},
];
