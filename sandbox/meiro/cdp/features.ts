// 'Required feature' of each page under https://docs.meiro.dev/docs/api/meiro-cdp-api/; of several,
// one is enough.

/** Page create-customer-events. */
export const createCustomerEvents = ['customer_events/create'];

/** Pages events and data-sources: to create one. */
export const createEntities = ['settings/cdp_entities'];

/** Page events. */
export const listEvents = [
	'settings/cdp_entities',
	'data/events',
	'data/dashboard',
	'customers/detail',
];

/** Page data-sources. */
export const listSources = [
	'settings/cdp_entities',
	'settings/sources_and_destinations',
	'data/sources_and_destinations',
	'customers/search',
	'customers/detail',
	'data/dashboard',
	'data/insights',
	'segments/insights',
	'data/events',
];

/** Page attributes; 'access to any segment', which is no feature, is not played. */
export const listAttributes = [
	'settings/cdp_entities',
	'settings/global',
	'settings/insights',
	'settings/sources_and_destinations',
	'data/sources_and_destinations',
	'foreign_segments/list',
	'foreign_segments/view',
	'foreign_segments/edit',
	'segments/create',
	'segments/export',
	'segments/insights',
	'data/insights',
	'data/dashboard',
	'data/attributes',
	'customers/search',
	'customers/detail',
];

/** Page segments; which of them reads the list is assumed. */
export const listSegments = [
	'foreign_segments/list',
	'foreign_segments/view',
	'segments/create',
	'segments/export',
];

/** Page customer-attributes. */
export const customerDetail = ['customers/detail'];
