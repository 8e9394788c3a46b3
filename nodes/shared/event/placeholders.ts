/**
 * Texts that stand where an ID is not known. As an ID each of them would make one huge person, or one
 * event for ever, of all who have it
 * (https://docs.meiro.io/books/implementation/page/step-by-step-implementation-guide: "None", "0", "NULL").
 * docs/events.md lists the same kinds.
 */
export const PLACEHOLDERS = {
	/** What a program writes for nothing. */
	nothing: [
		...['none', 'null', 'nil', 'undefined', 'void', 'nan', 'nat', 'infinity', 'is null'],
		...['object object', 'object null', 'object undefined', 'empty', 'blank', '-1'],
	],
	/** What a table or a form writes for nothing. */
	missing: [
		...['n/a', 'na', 'not set', 'notset', 'unset', 'not available', 'not applicable', 'not found'],
		...['not provided', 'not specified', 'no value', 'no id', 'noid', 'missing', 'tba', 'tbd'],
		...['no data', 'no email', 'noemail', 'no phone', 'notavailable', 'notapplicable'],
		...['deleted', 'deleted user', 'deleted customer', 'redacted', 'removed', 'anonymized'],
		...['nicht angegeben', 'keine angabe', 'keine', 'kein', 'non renseigné', 'aucun', 'aucune'],
		...[
			'no disponible',
			'ninguno',
			'ninguna',
			'nessuno',
			'nenhum',
			'brak',
			'neuvedeno',
			'nezadáno',
		],
		...['žádný', 'nincs', 'yok', 'нет', 'немає', '未設定', 'なし', '無し', '无', '無', '없음'],
	],
	/** Whoever is not known. */
	nobody: [
		...['guest', 'guest user', 'guest customer', 'guest checkout', 'guest account'],
		...['anonymous', 'anonymous user', 'anonymous customer', 'anon', 'unknown', 'unknown user'],
		...[
			'unknown customer',
			'nobody',
			'no one',
			'no user',
			'visitor',
			'not logged in',
			'logged out',
		],
		...['gast', 'invité', 'invitado', 'ospite', 'convidado', 'gość', 'host', 'hosť', 'vendég'],
		...['not authenticated', 'unauthenticated', 'unregistered', 'unidentified', 'loggedout'],
		...['гость', 'гість', 'misafir', 'ゲスト', '游客', '게스트', 'anonym', 'anonyme', 'anonimo'],
		...['anónimo', 'anonymní', 'unbekannt', 'inconnu', 'desconocido', 'sconosciuto', 'neznámý'],
		...['anônimo', 'desconhecido', 'visiteur', 'visitante', 'gæst', 'gjest', 'gäst', 'vieras'],
		...[
			'ukendt',
			'ukjent',
			'okänd',
			'tuntematon',
			'nieznany',
			'anonimowy',
			'ismeretlen',
			'névtelen',
		],
		...['oaspete', 'necunoscut', 'gost', 'nepoznat', 'bilinmeyen', 'επισκέπτης', 'άγνωστο'],
		...['неизвестно', 'неизвестный', 'аноним', 'невідомо', 'ضيف', 'مجهول', 'אורח'],
		...['匿名', '匿名用户', '访客', '訪客', '未知', '不明', '未登録', '未登录', '비회원', '익명'],
	],
	/** An answer to another question. */
	answer: ['true', 'false', 'yes', 'no', 'default'],
	/** The highest UUID, as nil stands below for the lowest. */
	limit: ['ffffffff-ffff-ffff-ffff-ffffffffffff'],
};

const BETWEEN_WORDS = /[^\p{L}\p{N}]+/gu;
/** `null null` of two absent names, `none@none` of an address made of them. */
const TWICE = /^(.+?)(?: \1)+$/;

/** A text's words alone: '(Not_set)', 'not-set' and '"not set"' are one. */
function wordsOf(text: string): string {
	const words = text.normalize('NFKC').toLowerCase().replace(BETWEEN_WORDS, ' ').trim();
	return words.replace(TWICE, '$1');
}

/** A sign makes another number of 1: it is written as it is. */
const MINUS_ONE = '-1';

const WORDS: ReadonlySet<string> = new Set(
	Object.values(PLACEHOLDERS)
		.flat()
		.filter((text) => text !== MINUS_ONE)
		.map(wordsOf),
);

const NOTHING: ReadonlySet<string> = new Set(
	[...PLACEHOLDERS.nothing, ...PLACEHOLDERS.missing].map(wordsOf),
);

/** What most ids have, and no placeholder: a digit, or a domain. */
const IS_NO_WORD = /[1-9]|@.*\.[a-z]/i;

/** Made of nothing: null@null.com. guest@guest.example may be somebody. */
const ADDRESS = /^([^@]+)@([^@.]+)\.[a-z]{2,}$/i;

/** With signs around it, or written twice. */
const LONGEST = 2 * Math.max(...[...WORDS].map((word) => word.length)) + 4;

/** A letter, or a digit other than 0, of any script: without one it is a dash, dots, nothing, 0, 0.00 or the nil UUID. */
const TELLING = /\p{L}|(?![0０٠۰०])\p{N}/u;

/**
 * A variable of a template that nobody filled in: {{ person.id }}, {% … %}, ${id}, {id}, [[id]], <%= id %>, %recipient.id%,
 * *|ID|*; or what a spreadsheet writes where it can't: #REF!, #NAME?.
 */
const UNFILLED =
	/^(?:\{\{.*\}\}|\{%.*%\}|[$#]?\{[a-z_][\w.]{0,29}\}|\$\{.*\}|\[\[.*\]\]|<%.*%>|%{1,2}[\w.]+%{1,2}|\*\|.*\|\*|#[A-Z/0]+[!?])$/is;

/**
 * Whether a text stands for nothing where an ID is expected.
 *
 * @param own further such texts, in lower case and trimmed
 */
export function isPlaceholder(text: string, own?: ReadonlySet<string>): boolean {
	const trimmed = text.trim();
	if (!TELLING.test(trimmed)) return true;
	if (trimmed === MINUS_ONE) return true;
	if (trimmed.length <= LONGEST && !IS_NO_WORD.test(trimmed) && WORDS.has(wordsOf(trimmed)))
		return true;
	const [, name, host] = ADDRESS.exec(trimmed) ?? [];
	if (host !== undefined && NOTHING.has(host.toLowerCase()) && NOTHING.has(wordsOf(name!)))
		return true;
	return UNFILLED.test(trimmed) || own?.has(trimmed.toLowerCase()) === true;
}
