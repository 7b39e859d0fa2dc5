import { hash } from 'node:crypto'
import { z } from 'zod'
import { readActiveScans, type ActiveScan } from '../../routes/active-scan.ts'
import { resolveRoute, buildRouteQueueName } from '../../routes/route.ts'
import { toBudgetFields } from './to-budget-fields.ts'
import { comparePlans, type PlanMatch } from './compare-plans.ts'
import type { JournalStore } from '../journal-store.ts'
import { listScanKeys } from '../script-keys.ts'
import { journalScripts } from '../scripts.ts'
import type { NewScan, OpenOutcome } from './new-scan.ts'

const Opened = z.union([
  z.tuple([z.literal('opened')]),
  z.tuple([z.literal('joined'), z.string(), z.enum(['covers', 'equal'])]),
  z.tuple([z.literal('conflict'), z.string()]),
  z.tuple([z.literal('overloaded'), z.enum(['token', 'installation'])]),
  z.tuple([z.literal('again')]),
])

/** Runs open.lua with all unfinished scans of the cluster as candidates. Repeats it when one was opened or planned since the candidates were read. */
export async function openScan(
  store: JournalStore,
  scan: NewScan,
  bounds: string,
): Promise<OpenOutcome> {
  for (;;) {
    const candidates = await readCandidates(store, scan)
    const reply = await runOpen(store, { scan, bounds, candidates })
    switch (reply[0]) {
      case 'again':
        continue
      case 'opened':
        return { outcome: 'opened' }
      case 'joined':
        return { outcome: 'joined', scanId: reply[1], because: reply[2] }
      case 'conflict':
        return { outcome: 'conflict', scanId: reply[1] }
      case 'overloaded':
        return { outcome: 'overloaded', bound: reply[1] }
    }
  }
}

/** An unfinished scan of the cluster. `unread`: its plan was not compared, because the scan cannot cover the request. */
interface Candidate {
  id: string
  plan: PlanMatch | 'unread'
}

async function readCandidates(store: JournalStore, scan: NewScan): Promise<Candidate[]> {
  const { cluster, onConflict } = scan.request
  if (onConflict === 'parallel') return []
  const active = await readActiveScans(store.redis, store.keys)
  const found = [...active].filter(([, other]) => other.cluster === cluster)
  const { queue } = buildActiveScan(scan)
  const compared = onConflict === 'join' ? found.filter(([, other]) => other.queue === queue) : []
  const ids = compared.map(([id]) => id)
  const matches = scan.requested ? await comparePlans(store, scan.requested, ids) : []
  const plans = new Map(ids.map((id, index) => [id, matches[index]]))
  return found.map(([id]) => ({ id, plan: plans.get(id) ?? 'unread' }))
}

async function runOpen(
  { redis, keys }: JournalStore,
  { scan, bounds, candidates }: { scan: NewScan; bounds: string; candidates: Candidate[] },
): Promise<z.infer<typeof Opened>> {
  const names = [...listScanKeys(keys, scan.id), ...candidates.map(({ id }) => keys.scan(id))]
  const request = JSON.stringify({ ...buildOpenRequest(scan), candidates })
  return Opened.parse(await journalScripts.open.run(redis, names, [request, bounds]))
}

function buildOpenRequest(scan: NewScan) {
  const { id, provider, model, request, requested } = scan
  const { mode, execution = 'calls', onConflict, concurrency } = request
  const limits = { ...toBudgetFields(request.budget ?? {}), ...optional({ concurrency }) }
  return {
    id,
    active: buildActiveScan(scan),
    onConflict,
    requestKey: buildRequestKey(scan),
    provider,
    model,
    mode,
    execution,
    curated: toFlag(request.curated),
    limits,
    needsPlan: requested?.contentKeys !== undefined,
    fields: buildScanFields(scan, limits),
  }
}

function buildActiveScan({ provider, model, request, token, createdBy }: NewScan): ActiveScan {
  const route = resolveRoute(provider, model)
  return {
    queue: buildRouteQueueName(route),
    ...route,
    cluster: request.cluster,
    token: token ?? createdBy,
  }
}

/** Equal for requests that differ only in the order of their patterns. */
function buildRequestKey({ provider, model, request }: NewScan): string {
  const { cluster, include, exclude, mode, execution = 'calls', budget = {}, concurrency } = request
  const normalised = {
    cluster,
    provider,
    model,
    include: [...new Set(include)].toSorted(),
    exclude: [...new Set(exclude)].toSorted(),
    mode,
    execution,
    curated: toFlag(request.curated),
    budget: toBudgetFields(budget),
    ...optional({ concurrency }),
  }
  return hash('sha256', JSON.stringify(normalised))
}

function buildScanFields(scan: NewScan, limits: Record<string, number>): string[] {
  const { include, exclude, mode, priority, labels, execution, order, curated } = scan.request
  return Object.entries({
    provider: scan.provider,
    model: scan.model,
    mode,
    execution: execution ?? 'calls',
    order: order ?? 'name',
    curated: toFlag(curated),
    priority,
    createdBy: scan.createdBy,
    include: JSON.stringify(include),
    exclude: JSON.stringify(exclude),
    labels: JSON.stringify(labels),
    ...(scan.price ? { price: JSON.stringify(scan.price) } : {}),
    ...limits,
  })
    .flat()
    .map(String)
}

function optional({ concurrency }: { concurrency: number | undefined }): { concurrency?: number } {
  return concurrency === undefined ? {} : { concurrency }
}

/** A boolean as the scan hash holds it. */
function toFlag(value = false): '0' | '1' {
  return value ? '1' : '0'
}
