import { defaultModel } from '@capstan/shared/config/default-model'
import type { RouteBounds } from '@capstan/scan-store/routes/route-registry'
import { resolveRoute, buildRouteQueueName } from '@capstan/scan-store/routes/route'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'

/**
 * Reads the bounds on live routes. The bounds never apply to provider `demo`, the configured default model, and the
 * default models of live workers, so that models invented by a caller cannot block ordinary scans.
 */
export async function readRouteBounds(
  { redis, keys, defaults }: Pick<ApiDeps, 'redis' | 'keys' | 'defaults'>,
  limits: Pick<RouteBounds, 'maxLive' | 'maxPerToken'>,
): Promise<RouteBounds> {
  const workers = await listWorkers(redis, keys)
  const { provider, model } = defaults
  const configured = provider ? [{ provider, model: model ?? defaultModel(provider) }] : []
  const exempt = [
    { provider: 'demo' as const, model: defaultModel('demo') },
    ...configured,
    ...workers.flatMap(({ providers }) => providers),
  ]
  const names = exempt.flatMap(({ provider: id, model: name }) =>
    name === null ? [] : [buildRouteQueueName(resolveRoute(id, name))],
  )
  return { ...limits, always: [...new Set(names)] }
}
