import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import type { DescribeResult } from '../cluster-source.ts'
import type { ReduceResult } from '../reduce/reduce-crds.ts'
import { openApiSourceKey, reduceOpenApi, type OpenApiType } from '../reduce/reduce-openapi.ts'
import { ReducerError } from '../reduce/start-reducer-thread.ts'
import { mapStream } from '../streams/map-stream.ts'
import { indexByName, rememberResults, type DescribeContext } from './describe-context.ts'
import type { DocumentPlace, OpenApiIndex } from './openapi-index.ts'

interface Wanted extends OpenApiType {
  place: DocumentPlace
}

/** Documents are up to 7 MB and never compressed. */
const PARALLEL = 4
const NO_ACCESS = 'the account may not read /openapi/v3, where its schema is'

/** Describes types from the OpenAPI v3 documents of their group versions; known ones are not read. */
export async function* describeOpenApi(
  describing: DescribeContext,
  readIndex: (signal: AbortSignal) => Promise<OpenApiIndex>,
  types: OpenApiType[],
): AsyncGenerator<DescribeResult> {
  if (types.length === 0) return
  const index = await readIndex(describing.signal)
  if (index.outcome === 'forbidden') {
    describing.warn(
      'No access to /openapi/v3: bind the account to the ClusterRole system:discovery.',
    )
    for (const { type } of types) yield { outcome: 'undescribable', type, reason: NO_ACCESS }
    return
  }
  const places = index.outcome === 'published' ? index.places : new Map<string, DocumentPlace>()
  const published: Wanted[] = []
  for (const wanted of types) {
    const place = places.get(documentPath(wanted.type))
    if (place) published.push({ ...wanted, place })
    else yield* withoutSchema(describing, wanted)
  }
  yield* describePublished(describing, published)
}

async function* describePublished(
  describing: DescribeContext,
  published: Wanted[],
): AsyncGenerator<DescribeResult> {
  const { known } = describing
  const keys = published.map((wanted) => sourceKey(describing, wanted))
  const asked = keys.filter((key) => key !== undefined)
  const found = asked.length > 0 ? await known.lookup(asked) : []
  const byKey = new Map(asked.map((key, index) => [key, found[index]]))
  const unknown: Wanted[] = []
  for (const [index, wanted] of published.entries()) {
    const definition = byKey.get(keys[index] ?? '')
    if (definition) yield { outcome: 'described', definition }
    else unknown.push(wanted)
  }
  const types = indexByName(unknown.map(({ type }) => type))
  const documents = Map.groupBy(unknown, ({ place }) => place)
  const failed = { count: 0 }
  const read = (entry: [DocumentPlace, Wanted[]]): Promise<ReduceResult[]> =>
    readDocument(describing, entry, failed)
  for await (const reduced of mapStream(documents, PARALLEL, read)) {
    yield* await rememberResults(describing, types, reduced)
  }
}

/** A document that cannot be read is a fault of its types; when several all fail, the cluster is away. */
async function readDocument(
  describing: DescribeContext,
  [place, wanted]: [DocumentPlace, Wanted[]],
  failed: { count: number },
): Promise<ReduceResult[]> {
  const { client, reducer, signal, budgetTokens } = describing
  try {
    const { status, body } = await client.get(place.url, signal)
    if (status !== 200) return faults(wanted, `its OpenAPI document answers ${status}`)
    const { path, hash } = place
    const plain = wanted.map(({ type, subresources }) => ({ type, subresources }))
    const reduced = await reducer.run(
      'openapi',
      { body, path, hash, wanted: plain, budgetTokens },
      signal,
    )
    failed.count = -Infinity
    return reduced
  } catch (error) {
    signal.throwIfAborted()
    if (error instanceof ReducerError) {
      return faults(wanted, `its OpenAPI document cannot be read: ${error.message}`)
    }
    if (++failed.count > PARALLEL) throw error
    const why = error instanceof Error ? error.message.slice(0, 200) : 'no answer'
    return faults(wanted, `its OpenAPI document could not be read: ${why}`)
  }
}

function faults(wanted: Wanted[], fault: string): ReduceResult[] {
  return wanted.map(({ type }) => ({ resource: resourceName(type), fault }))
}

/** A server that serves a type but publishes nothing of it: names are all there is. */
function withoutSchema({ budgetTokens }: DescribeContext, wanted: OpenApiType): DescribeResult[] {
  const nothing = { components: { schemas: {} } }
  return reduceOpenApi(nothing, [wanted], () => undefined, budgetTokens).flatMap((one) =>
    'definition' in one ? [{ outcome: 'described', definition: one.definition }] : [],
  )
}

function sourceKey({ budgetTokens }: DescribeContext, wanted: Wanted): string | undefined {
  const { place, type, subresources } = wanted
  const { path, hash } = place
  if (hash === undefined) return undefined
  return openApiSourceKey({ path, hash }, { type, subresources }, budgetTokens)
}

function documentPath({ group, version }: ResourceType): string {
  return group === '' ? `api/${version}` : `apis/${group}/${version}`
}
