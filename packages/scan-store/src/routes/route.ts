import { createHash } from 'node:crypto'
import { defaultModel } from '@capstan/shared/config/default-model'
import type { Provider } from '@capstan/shared/contract/provider'

/** Destination of the jobs of a scan. A route has one queue, one rate limit guard and one pause. */
export interface Route {
  provider: Provider
  model: string
}

/** Characters that are not safe in Redis keys, URLs and metric labels. BullMQ forbids `:`; `{}` would be a hash tag. */
const UNSAFE = /[^A-Za-z0-9._-]/g
const MAX_NAME_LENGTH = 64
const HASH_LENGTH = 12
const LOOKS_HASHED = new RegExp(`-[0-9a-f]{${HASH_LENGTH}}$`)

/** Resolves the route of a scan. Provider demo has one route for all models. */
export function resolveRoute(provider: Provider, model: string): Route {
  return { provider, model: provider === 'demo' ? defaultModel('demo') : model }
}

/**
 * Builds the name of the BullMQ queue of a route: `infer-demo` or `infer-<provider>-<model>`. A hash of the model is appended when
 * its name contains unsafe characters, is too long, or ends like such a hash. So two models never share a queue. Names are
 * never parsed; the route registry maps them to routes.
 */
export function buildRouteQueueName({ provider, model }: Route): string {
  if (provider === 'demo') return 'infer-demo'
  const safe = model.replace(UNSAFE, '-').slice(0, MAX_NAME_LENGTH)
  if (safe === model && !LOOKS_HASHED.test(model)) return `infer-${provider}-${model}`
  const hash = createHash('sha256').update(model).digest('hex').slice(0, HASH_LENGTH)
  return `infer-${provider}-${safe}-${hash}`
}
