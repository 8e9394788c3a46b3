import { clip } from '../../shared/http/answer';
import type { Explanation } from '../../shared/http/explanation';

/**
 * Names in the editor by the place in the request: a query parameter, 'id' for the one in the path, or a pointer
 * into the body. A pointer stands for everything below it, too, and `*` in it for any one step.
 */
export type Labels = Record<string, string>;

interface KlaviyoError {
	code?: string;
	title?: string;
	detail?: string;
	source?: { pointer?: string; parameter?: string } | null;
	meta?: { duplicate_profile_id?: string } | null;
}

const MOST_DETAILS = 5;

/**
 * Turns an answer that is no 2xx into a sentence. Shape: errors[]{code, title, detail, source}
 * (https://developers.klaviyo.com/en/docs/rate_limits_and_error_handling).
 *
 * @param scopes what the operation needs, e.g. 'flows:write'
 */
export function explainProblem(
	status: number,
	body: unknown,
	scopes: string,
	labels: Labels = {},
): Explanation {
	const errors = errorsIn(body);
	const details = errors.slice(0, MOST_DETAILS).map((error) => detailOf(error, labels));
	const description = details.filter((detail) => detail !== '').join(' ');
	return {
		sentence: sentenceOf(status, errors[0] ?? {}, scopes, labels),
		...(description === '' ? {} : { description }),
	};
}

function sentenceOf(status: number, error: KlaviyoError, scopes: string, labels: Labels): string {
	switch (status) {
		case 401:
			return "Klaviyo does not know the 'Private API Key' of the Klaviyo Private Key API credential. Copy the private key anew; it starts with pk_.";
		case 403:
			return /KDP/i.test(error.detail ?? '')
				? 'Klaviyo offers system webhooks only to accounts with Advanced KDP and to OAuth partners. Choose another Klaviyo Setup: a Klaviyo flow needs neither.'
				: `The key of the Klaviyo Private Key API credential lacks a scope: this needs ${scopes}. Make a key with it in Klaviyo under Settings, API Keys, and enter it as 'Private API Key'.`;
		case 404: {
			const label = labels[placeOf(error) ?? 'id'] ?? labels.id;
			return label === undefined
				? 'Klaviyo does not have what this asks for; it may have been deleted there.'
				: `Klaviyo has nothing by the ID in '${label}'. Check it; it may have been deleted there.`;
		}
		case 409:
			return duplicateSentence(error, labels);
		case 410:
			return 'Klaviyo has ended the API revision that this version of the package uses. Update the package n8n-nodes-klaviyo-meiro.';
		case 429:
			return 'Klaviyo asks to slow down: its limit of requests is used up. Wait a minute, then try again.';
		default:
			return status >= 500
				? `Klaviyo has a problem of its own (${status}). Try again in some minutes.`
				: refusalSentence(status, error, labels);
	}
}

function refusalSentence(status: number, error: KlaviyoError, labels: Labels): string {
	const label = labelOf(error, labels);
	if (label === undefined) {
		return `Klaviyo refused the request (${status}): ${detailOf(error, labels) || 'without a reason'}`;
	}
	return `Klaviyo refused '${label}' (${status}): ${wordsOf(error) || 'without a reason'}`;
}

/** https://developers.klaviyo.com/en/reference/create_profile */
function duplicateSentence(error: KlaviyoError, labels: Labels): string {
	const id = error.meta?.duplicate_profile_id;
	return id === undefined
		? refusalSentence(409, error, labels)
		: `Klaviyo already has this person, as profile ${clip(String(id))}. Use that ID, or other identifiers.`;
}

/** What Klaviyo says, and where, in the editor's words as far as they are known. */
function detailOf(error: KlaviyoError, labels: Labels): string {
	const place = placeOf(error);
	const label = labelOf(error, labels);
	const where = label === undefined ? place : `'${label}'`;
	const parts = [wordsOf(error), where === undefined ? '' : `(${where})`];
	return clip(parts.filter((part) => part !== '').join(' '));
}

function wordsOf({ detail, title }: KlaviyoError): string {
	return clip(String(detail ?? title ?? ''));
}

function placeOf({ source }: KlaviyoError): string | undefined {
	return source?.pointer ?? source?.parameter;
}

function labelOf(error: KlaviyoError, labels: Labels): string | undefined {
	const place = placeOf(error);
	if (place === undefined) return undefined;
	const fitting = Object.keys(labels).filter((key) => covers(key.split('/'), place.split('/')));
	// The longest says most.
	const [closest] = fitting.sort((a, b) => b.split('/').length - a.split('/').length);
	return closest === undefined ? undefined : labels[closest];
}

function covers(key: string[], place: string[]): boolean {
	return key.every(
		(step, index) => step === place[index] || (step === '*' && index < place.length),
	);
}

function errorsIn(body: unknown): KlaviyoError[] {
	const { errors } = (body ?? {}) as { errors?: unknown };
	if (!Array.isArray(errors)) return [];
	return errors.filter((each) => typeof each === 'object' && each !== null) as KlaviyoError[];
}
