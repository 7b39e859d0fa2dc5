import type { Dialect } from './dialect.ts'

/** The dialect of the vendors. Every dialect detection starts with it. */
export const FULL_DIALECT: Dialect = {
  output: 'strict_schema',
  limit: 'max_tokens',
  system: 'system',
}

/** True when two dialects have equal parameters. */
export function isSameDialect(one: Dialect, other: Dialect): boolean {
  return one.output === other.output && one.limit === other.limit && one.system === other.system
}
