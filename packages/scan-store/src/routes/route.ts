import { createHash } from 'node:crypto'
import { defaultModel } from '@capstan/shared/config/default-model'
import type { Provider } from '@capstan/shared/contract/provider'

/** Where the jobs of a scan go: one queue, one limit guard and one pause a route. */
export interface Route {
  provider: Provider
  model: string
}

/** Characters that are safe in Redis keys, in URLs and in metric labels. BullMQ forbids `:`, a hash tag needs `{}`. */
const UNSAFE = /[^A-Za-z0-9._-]/g
const MAX_NAME_LENGTH = 64
const HASH_LENGTH = 12
const LOOKS_HASHED = new RegExp(`-[0-9a-f]{${HASH_LENGTH}}$`)

/** The route of a scan. The demo rules are one route, whatever model a scan names. */
export function resolveRoute(provider: Provider, model: string): Route {
  return { provider, model: provider === 'demo' ? defaultModel('demo') : model }
}

/**
 * Name of the BullMQ queue of a route: `infer-demo`, `infer-<provider>-<model>`. A hash of the model is appended when its
 * name had to be changed, and when it ends like such a hash, so two models never share a queue. Names are looked up in
 * the route registry and never parsed.
 */
export function buildRouteQueueName({ provider, model }: Route): string {
  if (provider === 'demo') return 'infer-demo'
  const safe = model.replace(UNSAFE, '-').slice(0, MAX_NAME_LENGTH)
  if (safe === model && !LOOKS_HASHED.test(model)) return `infer-${provider}-${model}`
  const hash = createHash('sha256').update(model).digest('hex').slice(0, HASH_LENGTH)
  return `infer-${provider}-${safe}-${hash}`
}
