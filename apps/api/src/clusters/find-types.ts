import type { ClusterSource, Discovery } from '@capstan/cluster/cluster-source'
import { selectTypes, type UnmatchedPattern } from '@capstan/cluster/select-types'
import type { ResourceType } from '@capstan/shared/contract/resource-type'
import type { ScanRequest } from '@capstan/shared/contract/scan/scan-request'
import { AppError } from '@capstan/shared/errors'
import { listSome } from '@capstan/shared/text/list-some'
import { overloadedError } from '../http/work-limit.ts'
import { describeSelection, describeUnmatched, quotePattern } from './describe-selection.ts'

export interface TypeSelection {
  /** Types to scan, ordered by name. */
  types: ResourceType[]
  excluded: { resource: string; reason: string }[]
  unavailable: Discovery['unavailable']
  /** The complete discovery, used to find removed types. */
  discovery: Discovery
  warnings: string[]
}

/** Time after which a cluster counts as unreachable for an interactive request. */
const DISCOVERY_MS = 10_000

/**
 * Discovers the cluster and selects the types of a scan. AppError CLUSTER_… when the cluster does not answer;
 * UNKNOWN_RESOURCES with near names when no type is selected, or with `strict` when an include matches no type.
 * `maxAgeMs` is the maximum age of a cached discovery.
 */
export async function selectClusterTypes(
  source: ClusterSource,
  request: Pick<ScanRequest, 'include' | 'exclude'> & { strict?: boolean },
  signal: AbortSignal,
  maxAgeMs = 0,
): Promise<TypeSelection> {
  const discovery = await discoverTypes(source, signal, maxAgeMs)
  const selection = await selectTypes(discovery.types, request)
  const { selected, excluded, unmatched } = selection
  if (selected.length === 0 || (request.strict && unmatched.length > 0)) {
    throw unknownResourcesError(unmatched, source.name)
  }
  return {
    types: selected,
    // A request for named types does not need the types that cannot hold objects.
    excluded: request.include.includes('*') ? [...excluded, ...discovery.unscannable] : excluded,
    unavailable: discovery.unavailable,
    discovery: discovery,
    warnings: describeSelection(selection),
  }
}

/** Event loop utilization above which a timeout is no evidence about the cluster. */
const MAX_UTILIZATION = 0.5

/**
 * Discovers the types of a cluster within `deadlineMs` (default: 10 s). AppError CLUSTER_… when the cluster does not
 * answer, OVERLOADED when this process was too busy to read the answer.
 */
export async function discoverTypes(
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
    if (performance.eventLoopUtilization(loop).utilization > MAX_UTILIZATION) {
      throw overloadedError(`This server was too busy to discover cluster ${source.name}`)
    }
    const what = `Cluster ${source.name} did not answer within ${deadlineMs / 1_000} s`
    throw new AppError('CLUSTER_UNREACHABLE', what, {
      hint: 'Check that Capstan can reach the Kubernetes API server.',
      retryable: true,
      cause: error,
    })
  }
}

/** Lists each unknown name once. Without unknown names, the excludes removed all types. */
function unknownResourcesError(unmatched: UnmatchedPattern[], cluster: string): AppError {
  const near = unmatched.flatMap((one) => one.near)
  const patterns = unmatched.map(({ pattern }) => quotePattern(pattern))
  const what =
    patterns.length === 0 ? 'Nothing is left to scan' : `Nothing matches ${listSome(patterns)}`
  return new AppError('UNKNOWN_RESOURCES', `${what} in cluster ${cluster}`.slice(0, 500), {
    hint:
      near.length > 0
        ? `Did you mean ${near.slice(0, 5).join(', ')}?`
        : '`capstan get resources`, or GET /api/v1/resources, lists the types of the cluster; `*` selects all.',
    extra: {
      errors: unmatched.map((one) => ({ pointer: '#/include', detail: describeUnmatched(one) })),
    },
  })
}
