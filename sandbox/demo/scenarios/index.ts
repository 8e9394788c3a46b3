import type { Scenario } from '../scenario';
import { abandonedCart, abandonedCartToPipes } from './abandonedCart';
import { birthday } from './birthday';
import { campaigns } from './campaigns';
import { consentSync } from './consentSync';
import { deliveryWatch } from './deliveryWatch';
import { erasure } from './erasure';
import { firstEvent } from './firstEvent';
import { importHistory } from './import';
import { keepWhatFailed } from './keepWhatFailed';
import { listSignUp } from './listSignUp';
import { optOutFromMeiro } from './optOutFromMeiro';
import { postPurchase, postPurchaseToPipes } from './postPurchase';
import { productReview } from './productReview';
import { segmentJoined } from './segmentJoined';
import { selfCheck } from './selfCheck';
import { setUpMeiro } from './setUpMeiro';
import { surveyAnswers } from './surveyAnswers';
import { winBack } from './winBack';

/** What `npm run demo` and `npm run test:e2e` play, in this order. */
export const SCENARIOS: Scenario[] = [
	firstEvent,
	setUpMeiro,
	selfCheck,
	winBack,
	listSignUp,
	abandonedCart,
	postPurchase,
	abandonedCartToPipes,
	postPurchaseToPipes,
	birthday,
	segmentJoined,
	productReview,
	surveyAnswers,
	campaigns,
	keepWhatFailed,
	deliveryWatch,
	erasure,
	consentSync,
	optOutFromMeiro,
	importHistory,
];
