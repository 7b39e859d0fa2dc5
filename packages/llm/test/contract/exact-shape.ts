/** Names of the members that a type of an SDK always has. */
type Required<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T]

/**
 * The expected body, member by member. The compiler requires an entry for every member of the SDK type, so an SDK update with
 * more members fails to compile.
 */
export type ExactShape<T> = { [K in Required<T>]: unknown } & { [K in keyof T]?: unknown }
