/**
 * The official SDK types bodies in camelCase; on the wire they are snake_case. This turns one into the
 * other, so that the compiler checks what is sent against Klaviyo's own types. Dates are ISO 8601 there.
 */
export type Wire<T> = T extends string | number | boolean | null | undefined
	? T
	: T extends Date
		? string
		: T extends ReadonlyArray<infer Item>
			? Array<Wire<Item>>
			: T extends object
				? { [Key in keyof T as Key extends string ? SnakeCase<Key> : never]: Wire<T[Key]> }
				: T;

type SnakeCase<Text extends string> = Text extends `${infer Head}${infer Tail}`
	? Head extends Lowercase<Head>
		? `${Head}${SnakeCase<Tail>}`
		: `_${Lowercase<Head>}${SnakeCase<Tail>}`
	: '';
