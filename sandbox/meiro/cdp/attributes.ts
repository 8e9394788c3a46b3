import { refuse } from '../json';
import { withSource, type Catalog } from './catalog';
import { isSet, selectPage, toList, toText, toWhole, type Query } from './listing';
import type { Attribute, CdpAssumptions, Customer } from './types';

/** In the documented example of `selection_settings`. */
const defaultMaxCount = 10;
const defaultLimit = 20;

/** `GET /attributes` (https://docs.meiro.dev/docs/api/meiro-cdp-api/attributes). */
export function listAttributes(catalog: Catalog, query: Query, assumptions: CdpAssumptions) {
	const nameFilter = toText(query, 'name_filter')?.toLowerCase() ?? '';
	const sourceIds = toList(query, 'source_ids');
	const tagIds = toList(query, 'tag_ids');
	const wanted = catalog.attributes.filter(
		({ name, source_id, tags }) =>
			// Assumed: any part of the name, in either case.
			name.toLowerCase().includes(nameFilter) &&
			(sourceIds.length === 0 || sourceIds.includes(source_id)) &&
			(tagIds.length === 0 || tags.some((tag) => tagIds.includes(tag))),
	);
	const { page, selection_settings } = selectPage(wanted, query, assumptions);
	return {
		attributes: isSet(query, 'load_full_structure') ? page.map(withSource(catalog)) : page,
		selection_settings,
	};
}

/**
 * `GET /customers/{customer_entity_id}/attributes`
 * (https://docs.meiro.dev/docs/api/meiro-cdp-api/customer-attributes).
 * Throws HttpError 404 for an unknown customer.
 */
export function listCustomerAttributes(catalog: Catalog, id: string, query: Query) {
	const customer = findCustomer(catalog, id);
	const showHidden = isSet(query, 'show_hidden');
	const isFull = isSet(query, 'load_full_structure');
	const maxCount = toWhole(query, 'attribute_values_max_count') ?? defaultMaxCount;
	const shown = Object.entries(customer.attributes)
		.map(([attributeId, value]) => ({
			attribute: findAttribute(catalog, attributeId),
			attributeId,
			value,
		}))
		.filter(({ attribute }) => showHidden || !attribute?.is_hidden);
	return {
		customer_attributes: shown.map(({ attribute, attributeId, value }) => ({
			customer_entity_id: customer.customer_entity_id,
			attribute_id: attributeId,
			// Assumed: several values come as an array, as the Audience API shows them.
			value: Array.isArray(value) ? value.slice(0, maxCount) : value,
			...(isFull && { attribute: attribute ?? null }),
		})),
		customer_events_count: customer.eventsCount ?? 0,
		customer_identifiers_count: customer.identifiersCount ?? 0,
		selection_settings: { show_hidden: showHidden, attribute_values_max_count: maxCount },
	};
}

/** `GET /customers/{id}/attributes/{attribute_id}`. Throws HttpError 404. */
export function listCustomerAttributeValues(
	catalog: Catalog,
	id: string,
	attributeId: string,
	query: Query,
) {
	const customer = findCustomer(catalog, id);
	const isOwn = Object.hasOwn(customer.attributes, attributeId);
	if (!isOwn && !findAttribute(catalog, attributeId)) refuse(404, `No attribute '${attributeId}'`);
	const limit = toWhole(query, 'limit') ?? defaultLimit;
	const offset = toWhole(query, 'offset') ?? null;
	const values = isOwn ? [customer.attributes[attributeId]].flat() : [];
	return {
		customer_attribute_values: values.slice(offset ?? 0, (offset ?? 0) + limit),
		selection_settings: { limit, offset },
	};
}

function findCustomer({ customers }: Catalog, id: string): Customer {
	const customer = customers.find(({ customer_entity_id }) => customer_entity_id === id);
	return customer ?? refuse(404, `No customer '${id}'`);
}

function findAttribute({ attributes }: Catalog, id: string): Attribute | undefined {
	return attributes.find((attribute) => attribute.id === id);
}
