export const KLAVIYO_API_URL = 'https://a.klaviyo.com';

/**
 * Each request names the revision that it was written for; one lives two years
 * (https://developers.klaviyo.com/en/docs/api_versioning_and_deprecation_policy).
 */
export const KLAVIYO_REVISION = '2026-07-15';
