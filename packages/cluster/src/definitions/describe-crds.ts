import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import type { DescribeResult } from '../cluster-source.ts'
import { crdSourceKey, type ReduceResult } from '../reduce/reduce-crds.ts'
import type { CrdEntry } from '../watch/crd-change.ts'
import { mapStream } from '../streams/map-stream.ts'
import { indexByName, rememberResults, type DescribeContext } from './describe-context.ts'
import { readCrdPages } from './read-crd-pages.ts'
import { readCrd } from './read-crd.ts'

/** A type and the CRD that defines it. */
export interface CrdType {
  type: ResourceType
  entry: CrdEntry
}

/** Above this share of all CRDs, reading pages is cheaper than reading single CRDs. */
const MIN_SHARE_FOR_PAGES = 0.3
const PARALLEL = 8
/** Cached definitions per look-up. Parsing a thousand at once would block the event loop. */
const LOOKUP_BATCH = 200

/** Describes types of CRDs. Definitions in the cache are not read again. */
export async function* describeCrds(
  context: DescribeContext,
  crds: CrdType[],
  crdsInCluster: number,
): AsyncGenerator<DescribeResult> {
  const unknown = new Map<string, ResourceType>()
  for (let from = 0; from < crds.length; from += LOOKUP_BATCH) {
    const some = crds.slice(from, from + LOOKUP_BATCH)
    for (const [index, definition] of (await lookUp(context, some)).entries()) {
      const type = some[index]?.type
      if (definition) yield { outcome: 'described', definition }
      else if (type) unknown.set(resourceName(type), type)
    }
  }
  if (unknown.size > MIN_SHARE_FOR_PAGES * crdsInCluster) yield* describeByPages(context, unknown)
  // Types that the pages lacked: an unreadable page, or a CRD that moved between two pages.
  yield* describeByName(context, unknown)
}

function lookUp(
  { known, budgetTokens }: DescribeContext,
  crds: CrdType[],
): Promise<(Definition | undefined)[]> {
  return known.lookup(
    crds.map(({ type, entry }) => crdSourceKey(entry, type.version, budgetTokens)),
  )
}

/** Removes the types that it describes from `unknown`. */
async function* describeByPages(
  context: DescribeContext,
  unknown: Map<string, ResourceType>,
): AsyncGenerator<DescribeResult> {
  const types = new Map(unknown)
  for await (const page of readCrdPages(context, [...types.values()])) {
    const fresh = page.filter(({ resource }) => unknown.delete(resource))
    yield* await rememberResults(context, types, fresh)
    if (unknown.size === 0) return
  }
}

async function* describeByName(
  context: DescribeContext,
  unknown: ReadonlyMap<string, ResourceType>,
): AsyncGenerator<DescribeResult> {
  if (unknown.size === 0) return
  const types = [...unknown.values()]
  const { run, end } = context.reducer.startRun(types)
  const tracker = createFailureTracker(context.signal)
  const read = (type: ResourceType): Promise<ReduceResult> =>
    tracker.track(resourceName(type), readCrd(context, run, type))
  try {
    for await (const reduced of mapStream(types, PARALLEL, read)) {
      yield* await rememberResults(context, indexByName(types), [reduced])
    }
  } finally {
    end()
  }
}

/**
 * Distinguishes failures of a type from failures of the cluster. A failed read is a fault of its type. If the first reads all
 * fail, the cluster is unreachable and the error is thrown, because waiting for all other types would take too long.
 */
function createFailureTracker(signal: AbortSignal, maxFailures = PARALLEL) {
  let hasSucceeded = false
  let failures = 0
  return {
    track: async (resource: string, read: Promise<ReduceResult>): Promise<ReduceResult> => {
      try {
        const reduced = await read
        hasSucceeded = true
        return reduced
      } catch (error) {
        signal.throwIfAborted()
        if (!hasSucceeded && ++failures >= maxFailures) throw error
        const why = error instanceof Error ? error.message : 'no answer'
        return { resource, fault: `it could not be read: ${why.slice(0, 200)}` }
      }
    },
  }
}
