import type { IExecuteFunctions, INodeExecutionData } from 'n8n-workflow';

import { chosenOperation, propertiesOf, type Resource } from '../../shared/operation/operation';
import { klaviyoClient, type KlaviyoClient } from '../api/klaviyoClient';
import { checkSetUp } from './account/checkSetUp';
import { get as getAccount } from './account/get';
import { get as getCampaign } from './campaign/get';
import { getMany as getManyCampaigns } from './campaign/getMany';
import { getMessages as getCampaignMessages } from './campaign/getMessages';
import { create as createEvent } from './event/create';
import { complete as completeEvents } from './event/complete';
import { get as getEvent } from './event/get';
import { getMany as getManyEvents } from './event/getMany';
import { get as getFlow } from './flow/get';
import { getMany as getManyFlows } from './flow/getMany';
import { getStatistics as getFlowStatistics } from './flow/getStatistics';
import { addProfiles } from './list/addProfiles';
import { countProfiles as countProfilesOfList } from './list/countProfiles';
import { create as createList } from './list/create';
import { getMany as getManyLists } from './list/getMany';
import { getProfiles as getProfilesOfList } from './list/getProfiles';
import { removeProfiles } from './list/removeProfiles';
import { getAggregates } from './metric/getAggregates';
import { getMany as getManyMetrics } from './metric/getMany';
import { countProfiles } from './profile/countProfiles';
import { createOrUpdate as createOrUpdateProfile } from './profile/createOrUpdate';
import { get as getProfile } from './profile/get';
import { getMany as getManyProfiles } from './profile/getMany';
import { requestDeletion } from './profile/requestDeletion';
import { subscribe } from './profile/subscribe';
import { suppress } from './profile/suppress';
import { unsubscribe } from './profile/unsubscribe';
import { countProfiles as countProfilesOfSegment } from './segment/countProfiles';
import { getMany as getManySegments } from './segment/getMany';
import { getProfiles as getProfilesOfSegment } from './segment/getProfiles';

export const RESOURCES: Array<Resource<KlaviyoClient>> = [
	{ option: { name: 'Account', value: 'account' }, operations: [getAccount, checkSetUp] },
	{
		option: { name: 'Campaign', value: 'campaign' },
		operations: [getManyCampaigns, getCampaign, getCampaignMessages],
	},
	{
		option: { name: 'Event', value: 'event' },
		operations: [createEvent, completeEvents, getManyEvents, getEvent],
	},
	{
		option: { name: 'Flow', value: 'flow' },
		operations: [getManyFlows, getFlow, getFlowStatistics],
	},
	{
		option: { name: 'List', value: 'list' },
		operations: [
			getManyLists,
			getProfilesOfList,
			addProfiles,
			removeProfiles,
			createList,
			countProfilesOfList,
		],
	},
	{ option: { name: 'Metric', value: 'metric' }, operations: [getManyMetrics, getAggregates] },
	{
		option: { name: 'Profile', value: 'profile' },
		operations: [
			createOrUpdateProfile,
			getProfile,
			getManyProfiles,
			requestDeletion,
			subscribe,
			unsubscribe,
			suppress,
			countProfiles,
		],
	},
	{
		option: { name: 'Segment', value: 'segment' },
		operations: [getManySegments, getProfilesOfSegment, countProfilesOfSegment],
	},
];

export const klaviyoProperties = propertiesOf(RESOURCES, 'campaign');

/** Runs the operation that the user chose. */
export async function runOperation(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const operation = chosenOperation(context, RESOURCES);
	return await operation.execute(context, await klaviyoClient(context));
}
