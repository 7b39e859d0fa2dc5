import type { Route } from './types.ts'

/** Where the limits of an account's model are kept. Each model counts as a group of its own. */
export function routeOf(account: string, model: string): Route {
  return { account, group: model, model }
}
