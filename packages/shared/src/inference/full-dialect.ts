import type { Dialect } from './dialect.ts'

/** What the vendors' own endpoints take; every negotiation begins with it. */
export const FULL_DIALECT: Dialect = {
  output: 'strict_schema',
  limit: 'max_tokens',
  system: 'system',
}

/** Whether two requests in these dialects have the same form. */
export function isSameDialect(one: Dialect, other: Dialect): boolean {
  return one.output === other.output && one.limit === other.limit && one.system === other.system
}
