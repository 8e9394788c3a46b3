import type { IDataObject, IExecuteFunctions, INodeProperties } from 'n8n-workflow';

import { filtersField, limit, limitOf, optionsField, returnAll, wantsSimple } from './fields';
import { forEachItem, type Operation } from './operation';

/** What one item asks for. */
export interface Wish<Client> {
	context: IExecuteFunctions;
	client: Client;
	index: number;
	/** Infinite for all. */
	limit: number;
	isSimple: boolean;
}

/** An operation that lists something; its fields stand in the same order everywhere. */
export interface Listing<Client> {
	/** 'Get Many' unless said otherwise. */
	name?: string;
	value?: string;
	description: string;
	action: string;
	/** What the list is of. */
	of?: INodeProperties[];
	filters?: INodeProperties[];
	sort?: INodeProperties;
	/** What is added to each of them. */
	include?: INodeProperties[];
	simplify?: INodeProperties;
	options?: INodeProperties[];
	read(wish: Wish<Client>): Promise<IDataObject[]>;
}

export function getMany<Client>({
	name = 'Get Many',
	value = 'getAll',
	description,
	action,
	of = [],
	filters,
	sort,
	include = [],
	simplify,
	options,
	read,
}: Listing<Client>): Operation<Client> {
	return {
		option: { name, value, description, action },
		properties: [
			...of,
			returnAll,
			limit,
			...(filters === undefined ? [] : [filtersField(filters)]),
			...(sort === undefined ? [] : [sort]),
			...include,
			...(simplify === undefined ? [] : [simplify]),
			...(options === undefined ? [] : [optionsField(options)]),
		],
		execute: forEachItem(
			async (context, client, index) =>
				await read({
					context,
					client,
					index,
					limit: limitOf(context, index),
					isSimple: wantsSimple(context, index),
				}),
		),
	};
}
