import type {
	AttributeSeed,
	CdpUser,
	Customer,
	EventTypeSeed,
	SegmentSeed,
	SourceSeed,
} from './types';

// What a CDP holds that nobody filled: enough to try every call.

export const defaultUser: CdpUser = { email: 'n8n@shop.example', password: 'stand-in' };

export const defaultSources: SourceSeed[] = [{ id: 'klaviyo', name: 'Klaviyo' }];

export const defaultEventTypes: EventTypeSeed[] = [
	'placed_order',
	'profile_updated',
	'subscribed_to_list',
].map((type) => ({ source_id: 'klaviyo', type, version: '1-0-0' }));

// `ps_…` are the names that Meiro's pages use for attributes of identity stitching.
export const defaultAttributes: AttributeSeed[] = [
	{ id: 'ps_email_address', name: 'E-mail address', is_unique: 1, is_pii_protected: 1 },
	{ id: 'first_name', name: 'First name', is_pii_protected: 1 },
	{ id: 'last_name', name: 'Last name', is_pii_protected: 1 },
	{ id: 'lists', name: 'Lists' },
	{ id: 'orders_count', name: 'Number of orders', data_type: 'number' },
];

export const defaultSegments: SegmentSeed[] = [
	{ id: 1, name: 'Everyone', tags: ['n8n'] },
	{ id: 42, name: 'VIP', tags: ['n8n', 'offers'] },
];

export const defaultCustomers: Customer[] = [
	{
		customer_entity_id: '0000000071e3908f5aaaf022aa842b45',
		attributes: {
			ps_email_address: ['jana@shop.example', 'jana.novak@work.example'],
			first_name: 'Jana',
			last_name: 'Novak',
			lists: ['Newsletter', 'VIP'],
			orders_count: 3,
		},
		segments: [1, 42],
	},
	{
		customer_entity_id: '000000001f0e3dad99908345f7439f8f',
		attributes: { ps_email_address: ['petr@shop.example'], first_name: 'Petr' },
		segments: [1],
	},
];
