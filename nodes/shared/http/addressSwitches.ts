import type { INodeProperties } from 'n8n-workflow';

/** What a credential offers to open for its addresses; both are off until somebody switches them on. */
export const ADDRESS_SWITCHES: INodeProperties[] = [
	{
		displayName: 'Allow Private Addresses',
		name: 'allowPrivate',
		type: 'boolean',
		default: false,
		description:
			'Whether addresses of this machine and of private networks are accepted, e.g. localhost or 10.0.0.1. It also opens those at which clouds keep the secrets of their machines (metadata).',
	},
	{
		displayName: 'Allow Unencrypted HTTP',
		name: 'allowHttp',
		type: 'boolean',
		default: false,
		description:
			'Whether addresses with http:// are accepted. Secrets and personal data go over them; others can read and change them on the way. This machine needs Allow Private Addresses alone, a private network both.',
	},
];
