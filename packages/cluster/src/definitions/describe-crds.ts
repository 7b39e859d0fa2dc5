import type { Definition } from '@capstan/shared/contract/definition'
import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import type { DescribeResult } from '../cluster-source.ts'
import { crdSourceKey, type ReduceResult } from '../reduce/reduce-crds.ts'
import type { CrdEntry } from '../reduce/reducer-tasks.ts'
import { mapStream } from '../streams/map-stream.ts'
import { indexByName, rememberResults, type DescribeContext } from './describe-context.ts'
import { readCrdPages } from './read-crd-pages.ts'
import { readCrd } from './read-crd.ts'

/** A type and the CRD that defines it. */
export interface CrdType {
  type: ResourceType
  entry: CrdEntry
}

/** Above this share of all CRDs it is cheaper to read pages than single ones. */
const PAGES_ABOVE = 0.3
const PARALLEL = 8
/** A thousand known definitions at once would keep the event loop from everything else for too long. */
const LOOKED_UP = 200

/** Describes types that CRDs define: what is known is not read, of the rest as little as possible. */
export async function* describeCrds(
  describing: DescribeContext,
  crds: CrdType[],
  crdsInCluster: number,
): AsyncGenerator<DescribeResult> {
  const unknown = new Map<string, ResourceType>()
  for (let from = 0; from < crds.length; from += LOOKED_UP) {
    const some = crds.slice(from, from + LOOKED_UP)
    for (const [index, definition] of (await lookUp(describing, some)).entries()) {
      const type = some[index]?.type
      if (definition) yield { outcome: 'described', definition }
      else if (type) unknown.set(resourceName(type), type)
    }
  }
  if (unknown.size > PAGES_ABOVE * crdsInCluster) yield* describeByPages(describing, unknown)
  // Also what the pages did not hold: a page that could not be read, or a CRD that moved between two of them.
  yield* describeByName(describing, unknown)
}

function lookUp(
  { known, budgetTokens }: DescribeContext,
  crds: CrdType[],
): Promise<(Definition | undefined)[]> {
  return known.lookup(
    crds.map(({ type, entry }) => crdSourceKey(entry, type.version, budgetTokens)),
  )
}

/** Takes out of `unknown` what it describes. */
async function* describeByPages(
  describing: DescribeContext,
  unknown: Map<string, ResourceType>,
): AsyncGenerator<DescribeResult> {
  const types = new Map(unknown)
  for await (const page of readCrdPages(describing, [...types.values()])) {
    const fresh = page.filter(({ resource }) => unknown.delete(resource))
    yield* await rememberResults(describing, types, fresh)
    if (unknown.size === 0) return
  }
}

async function* describeByName(
  describing: DescribeContext,
  unknown: ReadonlyMap<string, ResourceType>,
): AsyncGenerator<DescribeResult> {
  if (unknown.size === 0) return
  const types = [...unknown.values()]
  const { run, forget } = describing.reducer.want(types)
  const trouble = createTrouble(describing.signal)
  const read = (type: ResourceType): Promise<ReduceResult> =>
    trouble.watch(resourceName(type), readCrd(describing, run, type))
  try {
    for await (const reduced of mapStream(types, PARALLEL, read)) {
      yield* await rememberResults(describing, indexByName(types), [reduced])
    }
  } finally {
    forget()
  }
}

/**
 * Tells the trouble of one type from that of the whole cluster: a read that fails is a fault of its type, but when the
 * first ones all fail the cluster is away, and waiting for the rest would take for ever.
 */
function createTrouble(signal: AbortSignal, patience = PARALLEL) {
  let succeeded = false
  let failures = 0
  return {
    watch: async (resource: string, read: Promise<ReduceResult>): Promise<ReduceResult> => {
      try {
        const reduced = await read
        succeeded = true
        return reduced
      } catch (error) {
        signal.throwIfAborted()
        if (!succeeded && ++failures >= patience) throw error
        const why = error instanceof Error ? error.message : 'no answer'
        return { resource, fault: `it could not be read: ${why.slice(0, 200)}` }
      }
    },
  }
}
