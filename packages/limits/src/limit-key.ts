import type { LimitKey } from './types.ts'

/** The limits of one model of an account. */
export function limitKeyFor(account: string, model: string): LimitKey {
  return { account, group: model, model }
}
