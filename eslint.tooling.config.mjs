// bench/, docs/, sandbox/ and test/ run outside n8n, where some rules for code inside n8n would forbid the very job:
// starting processes, writing to the
// terminal, invented secrets, errors that no node raised. Everything else of n8n's set stays on.
import { configWithoutCloudSupport } from '@n8n/node-cli/eslint';

export default [
	...configWithoutCloudSupport,
	{
		files: ['bench/**/*.ts', 'docs/**/*.ts', 'sandbox/**/*.ts', 'test/**/*.ts'],
		rules: {
			'no-console': 'off',
			'@n8n/community-nodes/no-dangerous-functions': 'off',
			'@n8n/community-nodes/no-hardcoded-secrets': 'off',
			'@n8n/community-nodes/require-node-api-error': 'off',
		},
	},
];
