// The words by which an answer says yes or no. Names of its fields come without case, and with letters and digits alone:
// 'failed_events' and 'failedEvents' are one.

/** What stands beside a word in a name: 'failed_event_count', 'errorReason'. */
const BEHIND =
	'(?:put|events?|items?|records?|rows?|messages?|msg|texts?|reasons?|codes?|types?|strings?|traces?|count|ids?|details?|descriptions?|info|lists?|summary|index(?:es)?|indices|positions?)*';

const OBJECTIONS = [
	// Whatever it is an error of; 'no_errors' and 'stop_on_error' are none.
	new RegExp(
		`^(?!no|non|without|(?:stop|continue|retry|fail|ignore|max|allow|skip|on).*error).*(?:errors?|exceptions?|failures?|rejections?|failreason|chyb[ay]|fehler|erreurs?)${BEHIND}$`,
	),
	new RegExp(
		`^(?:num|total|has|is|event|item|record|row|field|batch|partial|validation|schema|api|server|internal|request|processing|ingestion|user|client|input|system|fatal)*(?:err(?:no)?|faults?|fail(?:ed)?|reject(?:ed|s)?|invalid|bad|malformed|dropped|discarded|refused|lost|quarantined?|unprocessed|unprocessable|un(?:successful|accepted|stored|delivered)|kos?|noks?|deadletters?|dlq|issues|problems?|violations?|not(?:accepted|received|stored|delivered|ingested|inserted|saved|processed))${BEHIND}$`,
	),
];
export function isObjectionName(key: string): boolean {
	return OBJECTIONS.some((name) => name.test(key));
}

/** 'rejected_indexes': its entries are positions, and not what stands at them. */
export const POSITIONS = /(?:index(?:es)?|indices|positions?)$/;
export const YES =
	/^(?:is|was|all)?(?:success(?:ful|fully)?|succeeded|ok|okay|accepted|valid|ack(?:nowledged)?|received|stored|delivered|ingested|inserted|written|persisted|recorded|published|imported|enqueued|sent|saved|completed?|loggedin|authori[sz]ed|authenticated)$/;
/** What may count anything, but by 0 says that nothing was taken, unless another of them says more. */
export const COUNT_OF_ANY =
	/^(?:num|total)?(?:count|affected|(?:events?|items?|records?|rows?)(?:count)?|(?:events?|items?|records?|rows?)?(?:processed|created|updated|added|affected|changed|modified|queued|pending)(?:events?|items?|records?|rows?|count)?)$/;
/** What says no by being true. */
export const NO =
	/^(?:is|was|has)?(?:(?:login|auth(?:entication)?|captcha)required|captcha|maintenance(?:mode)?|blocked|disabled|paused|suspended|throttled|ratelimited|denied|unauthori[sz]ed|unauthenticated|forbidden|expired|timed?out|partial|skipped|ignored)$/;
export const COUNT =
	/^(?:num|total|events?|items?|records?|rows?)*(?:accepted|received|stored|delivered|ingested|inserted|written|persisted|recorded|published|imported|enqueued|saved|succeeded|successful|successes|success(?=count))(?:events?|items?|records?|rows?|count|ids?)?$/;
export const DUPLICATES =
	/^(?:num|total|events?)*(?:duplicates?|duplicated|deduplicated|already(?:accepted|received|stored|known|there))(?:events?|count)?$/;
export const STATUS =
	/^(?:status|state|result|outcome|ret|retcode|returncode|rc|exitcode|code|type|level|severity|(?:http|result|response|status)(?:status)?(?:code|text|message|status)?)$/;
/** Of these a word that is no yes leaves it open. */
export const VERDICT = /^(?:status|state|outcome|(?:result|response|status)(?:text|status))$/;
/** Where a page for people is. */
export const ELSEWHERE = /^(?:redirect|login)(?:to|url|uri)?$/;
/** Its text may be an answer of its own. */
export const WRAPPER = /^(?:body|response|responsebody|result|data|content|html)$/;
export const MESSAGE = /^(?:message|msg|text)$/;
/** Says more of an answer, and alone nothing. */
export const REMARK = /^(?:reason|detail|title|description|info|note|notice|warning)$/;
/** Beside a yes they say nothing against it. */
export const ASIDE = /^(?:warnings|notices|notes|hints|tags|deprecations?|links|meta)$/;
/** Below these stands what was sent, repeated. */
export const ECHO =
	/^(?:payload|eventpayload|properties|profile|request|input|echo|identifiers|headers|args|form|traits|attributes)$/;

const NO_STATUS = new Set(
	'error errors err fail failed failure reject rejected rejection invalid denied unauthorized unauthorised unauthenticated bad forbidden refused dropped discarded ignored ko ng nok nack not no partial partially timeout unavailable exception expired blocked aborted cancelled unprocessed unsuccessful unaccepted quarantined skipped throttled limited disabled suspended paused inactive offline down missing unknown unsupported unhealthy overloaded incomplete malformed retry retrying none'.split(
		' ',
	),
);
/** A word as people see it: \\b ends one at each letter with an accent. */
const START = '(?<![\\p{L}\\d_])';
const END = '(?![\\p{L}\\d_])';

const NO_WORDS = new RegExp(
	`${START}(?:${[
		'errors?|exceptions?|fail(?:s|ed|ure|ures|ing)?|invalid|malformed|illegal|unsupported|unknown|missing|undefined|wrong|incorrect|insufficient|mismatch|violations?|problem',
		'unauthori[sz]ed|unauthenticated|forbidden|denied|rejected|refused|dropped|discarded|ignored|skipped|aborted|lost|quarantined|deleted|restricted|disallowed',
		'not|never|nothing|none|nack|nok|ko|partial(?:ly)?',
		"(?:is|are|field) required|must (?:be|have)|does(?:n't)|didn't|wasn't|no (?:such|healthy|route|permission|access|source|api|auth\\w*|token)|went wrong|sorry|oops|nope",
		'bad (?:request|gateway)|gateway time-?out|default backend|unavailable|maintenance|under construction|disabled|paused|suspended|inactive|offline|overloaded|temporarily',
		"could ?n[o']t|can(?:not|'t)|unable|expired|ended|blocked|timed? ?out|try again|throttl(?:ed|ing)|rate.?limit(?:s|ed|ing)?|quota|too (?:many|large)|limit exceeded",
		'(?:log|sign) ?in|captcha|enable javascript|moved permanently|redirect(?:ed|ing)?|payment required|traceback|panic|fatal|http\\/\\d(?:\\.\\d)? [345]\\d\\d',
	].join('|')})${END}`,
	'iu',
);
/** The same where the people of a proxy speak Czech, German, French, Spanish and their neighbours' languages. */
const NO_WORDS_ELSEWHERE =
	/(?:^|\P{L})(?:chyb\p{L}*|err?or[ei]\p{L}*|erro|nicht|kein\p{L}*|nie|niet|non|pas|no se|nebyl[aoiy]?|není|nelze|nem)(?!\p{L})|neplatn|neznám|neexist|nedostupn|pozastav|údržb|nenalezen|zamítnut|odepřen|přihlas|přihlášen|fehler|ungültig|wartung|abgelaufen|anmelde|verweigert|abgelehnt|erreur|interdit|échec|refusé|inválid|mantenimiento|denegad|rechazad|błąd|odrzuc|ошибк|错误|エラー/iu;
/** A no without a word for one: 'ok=false', 'accepted: 0', '0 events accepted'. */
const NO_VALUES =
	/\b(?:ok|success(?:ful)?|accepted|valid|ack|received|stored|delivered|saved)["']?\s*[:=]\s*["']?(?:false|no|0)\b|\b(?:0|no|zero|none) (?:events? |of them )?(?:was |were )?(?:accepted|stored|received|delivered|saved|taken)\b|\b(?:code|status|ret)["']?\s*[:=]\s*["']?-\d/i;
const YES_WORDS_ENGLISH = [
	'ok(?:ay)?|yes|true|success\\w*|succeeded|accept(?:ed|s|ing)?|receiv(?:ed|ing)|got|stor(?:ed|ing)|saved|delivered|ingest(?:ed|ing)|inserted|written|persisted|recorded',
	'registered|published|imported|placed|posted|taken|(?:en)?queued|buffered|forwarded|scheduled|pending|process(?:ed|ing)|sent|completed?|done|finished|created|updated|upserted',
	'added|captured|collected|tracked|logged|submitted|handled|ack\\w*|confirmed|thanks?|thank you|good|great|fine|valid',
	'uploaded|uploading|loaded|loading|waiting|started|in progress|ready|initiali[sz]ed',
	'new|active|enabled|running|duplicates?|already|20[0-8]',
].join('|');
const YES_WORDS = new RegExp(
	[
		`${START}(?:${YES_WORDS_ENGLISH})${END}`,
		'přijat|uložen|zapsán|zařazen|v pořádku|hotovo|děkuj|úspě|empfangen|gespeichert|angenommen|erfolg|danke|reçu|enregistré|accepté|succès|merci|recibid|guardad|aceptad|éxito|gracias|przyję|zapisan|sukces|ricevut|salvat|ontvangen|opgeslagen|принят|成功|受け付け',
		// The pixel of a tracker.
		'^(?:GIF8|.PNG)',
		// The ID of what was made.
		'^"?(?:[\\da-f]{8}-[\\da-f-]{27}|(?=\\D*\\d)[\\da-f]{12,}|(?=\\D*\\d)[\\dA-Z]{20,}|(?:evt|event|req|request|msg|message|id)[-_:]?[\\w-]*\\d[\\w-]*)"?$',
	].join('|'),
	'iu',
);
/** What Meiro has already is there, and is passed over. */
const IS_THERE = /\bduplicat|\balready\b/i;
const PASSED_OVER =
	/\b(?:skipped|ignored|dropped|discarded|not (?:stored|saved|processed) again)\b/gi;
const NO_ERRORS =
	/\b(?:no|0|zero|without(?: any)?)[ _](?:errors?|failures?|exceptions?|problems?|events? (?:failed|rejected|dropped|ignored|skipped)|failed|rejected|missing|dropped|ignored|skipped)\b|\b(?:errors?|failed|failures?|rejected|missing|dropped|discarded|ignored|skipped)["']?\s*[:=]\s*(?:0|null|none|false|no(?=\s*(?:[,;.}]|$))|\[\]|\{\}|"")(?!\w)/gi;
/** Texts that say nothing, or nothing against it, where an objection would stand. */
const NOTHING =
	/^\s*(?:|0+|20\d|none|null|nil|false|no|ok|n\/a|-|success|(?:no|without)[ _-]?(?:errors?|failures?))[.!]?\s*$/i;

/** As much of a text as is looked at. */
const LOOKED_AT = 2000;

/** What a text says: a no, a yes, or nothing that can be told for one. */
export function meaningIn(text: string): 'yes' | 'no' | 'open' {
	const start = text.slice(0, LOOKED_AT);
	const plain = start.replace(NO_ERRORS, '');
	const said = IS_THERE.test(plain) ? plain.replace(PASSED_OVER, '') : plain;
	if (NO_WORDS.test(said) || NO_WORDS_ELSEWHERE.test(said) || NO_VALUES.test(start)) return 'no';
	return YES_WORDS.test(start) || plain !== start ? 'yes' : 'open';
}

/** Whether a status word means no: 'rejected', 'PARTIAL_SUCCESS', 'not accepted'. */
export function isNoStatus(value: unknown): boolean {
	if (typeof value !== 'string' || value.length > 100) return false;
	const words = value.replace(NO_ERRORS, '').replace(/([a-z])([A-Z])/g, '$1 $2');
	return words
		.toLowerCase()
		.split(/[^a-z]+/)
		.some((word) => NO_STATUS.has(word));
}

/** Whether what says 'ignored' says it of what Meiro has already, and nothing worse. */
export function isThere(text: string): boolean {
	return IS_THERE.test(text) && !NO_WORDS.test(text.replace(PASSED_OVER, ''));
}

export function saysNothing(text: string): boolean {
	return NOTHING.test(text);
}

export function isFalse(value: unknown): boolean {
	return value === false || value === 0 || /^(?:false|no|n|none|0)$/i.test(String(value));
}

export function isTrue(value: unknown): boolean {
	return value === true || /^(?:true|yes)$/i.test(String(value));
}
