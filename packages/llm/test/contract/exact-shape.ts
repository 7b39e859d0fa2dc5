/** Names of the members that a type of an SDK always has. */
type Required<T> = { [K in keyof T]-?: object extends Pick<T, K> ? never : K }[keyof T]

/**
 * What a body has to look like, member by member. The compiler demands a line for every member that the SDK
 * promises, so an update of the SDK that promises more fails here, and not in front of a user.
 */
export type ExactShape<T> = { [K in Required<T>]: unknown } & { [K in keyof T]?: unknown }
