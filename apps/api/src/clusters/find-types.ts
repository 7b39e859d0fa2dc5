import type { ClusterSource, Discovery } from '@capstan/cluster/cluster-source'
import { selectTypes, type UnmatchedPattern } from '@capstan/cluster/select-types'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { AppError } from '@capstan/shared/errors'
import { listSome } from '@capstan/shared/text/list-some'
import { overloaded } from '../http/work-limit.ts'
import { describeSelection, describeUnmatched, quotePattern } from './describe-selection.ts'

export interface FoundTypes {
  /** To be scanned, ordered by name. */
  types: ResourceType[]
  excluded: { resource: string; reason: string }[]
  unavailable: Discovery['unavailable']
  /** All that the cluster offers, for telling what has gone. */
  offered: Discovery
  warnings: string[]
}

/** How long a person waits for a cluster before it counts as unreachable. */
const DISCOVERY_MS = 10_000

/**
 * What a scan would look at. AppError CLUSTER_… when the cluster does not answer, UNKNOWN_RESOURCES with near names when
 * nothing is left to scan, or with `strict` when an include matches no type. `maxAgeMs`: how old an answer of the cluster
 * may be.
 */
export async function findTypes(
  source: ClusterSource,
  request: Pick<ScanRequest, 'include' | 'exclude'> & { strict?: boolean },
  signal: AbortSignal,
  maxAgeMs = 0,
): Promise<FoundTypes> {
  const discovery = await discover(source, signal, maxAgeMs)
  const selection = await selectTypes(discovery.types, request)
  const { selected, excluded, unmatched } = selection
  if (selected.length === 0 || (request.strict && unmatched.length > 0)) {
    throw unknownResources(unmatched, source.name)
  }
  return {
    types: selected,
    // Only who asks for everything wants to hear of what can hold no objects.
    excluded: request.include.includes('*') ? [...excluded, ...discovery.unscannable] : excluded,
    unavailable: discovery.unavailable,
    offered: discovery,
    warnings: describeSelection(selection),
  }
}

/** Share of a wait that the event loop was busy from which on the wait says nothing of the cluster. */
const BUSY = 0.5

/**
 * Asks the cluster what it offers, for at most `deadlineMs`, by default 10 s. AppError CLUSTER_… when it does not answer,
 * OVERLOADED when this process was too busy to hear it.
 */
export async function discover(
  source: ClusterSource,
  signal: AbortSignal,
  maxAgeMs = 0,
  deadlineMs = DISCOVERY_MS,
): Promise<Discovery> {
  const deadline = AbortSignal.timeout(deadlineMs)
  const loop = performance.eventLoopUtilization()
  try {
    return await source.discover(AbortSignal.any([signal, deadline]), { maxAgeMs })
  } catch (error) {
    if (!deadline.aborted || error instanceof AppError) throw error
    if (performance.eventLoopUtilization(loop).utilization > BUSY) {
      throw overloaded(`This server was too busy to look at cluster ${source.name}`)
    }
    const what = `Cluster ${source.name} did not answer within ${deadlineMs / 1_000} s`
    throw new AppError('CLUSTER_UNREACHABLE', what, {
      hint: 'Check that the API server can be reached from where Capstan runs.',
      retryable: true,
      cause: error,
    })
  }
}

/** All unknown names, each once; without any, the excludes leave nothing. */
function unknownResources(unmatched: UnmatchedPattern[], cluster: string): AppError {
  const near = unmatched.flatMap((one) => one.near)
  const patterns = unmatched.map(({ pattern }) => quotePattern(pattern))
  const what =
    patterns.length === 0 ? 'Nothing is left to scan' : `Nothing matches ${listSome(patterns)}`
  return new AppError('UNKNOWN_RESOURCES', `${what} in cluster ${cluster}`.slice(0, 500), {
    hint:
      near.length > 0
        ? `Did you mean ${near.slice(0, 5).join(', ')}?`
        : '`capstan get resources`, or GET /api/v1/resources, lists what the cluster offers; `*` takes all.',
    extra: {
      errors: unmatched.map((one) => ({ pointer: '#/include', detail: describeUnmatched(one) })),
    },
  })
}
