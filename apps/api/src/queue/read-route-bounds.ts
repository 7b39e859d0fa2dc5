import { defaultModel } from '@capstan/shared/config/default-model'
import type { RouteBounds } from '@capstan/scan-store/routes/route-registry'
import { resolveRoute, buildRouteQueueName } from '@capstan/scan-store/routes/route'
import { listWorkers } from '@capstan/scan-store/workers/worker-registry'
import type { ApiDeps } from '../deps.ts'

/**
 * Which routes scans may be opened on. Beyond the bounds: the demo rules, the configured default model, and the default
 * models that live workers announce, so that a caller's invented models never keep out the usual scans.
 */
export async function readRouteBounds(
  { redis, keys, defaults }: Pick<ApiDeps, 'redis' | 'keys' | 'defaults'>,
  limits: Pick<RouteBounds, 'maxLive' | 'maxPerToken'>,
): Promise<RouteBounds> {
  const workers = await listWorkers(redis, keys)
  const { provider, model } = defaults
  const configured = provider ? [{ provider, model: model ?? defaultModel(provider) }] : []
  const usual = [
    { provider: 'demo' as const, model: defaultModel('demo') },
    ...configured,
    ...workers.flatMap(({ providers }) => providers),
  ]
  const names = usual.flatMap(({ provider: by, model: of }) =>
    of === null ? [] : [buildRouteQueueName(resolveRoute(by, of))],
  )
  return { ...limits, always: [...new Set(names)] }
}
