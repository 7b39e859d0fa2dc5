import { resourceName } from '@capstan/shared/contract/resource-type'
import type { DescribeResult } from '../cluster-source.ts'
import type { ReduceResult } from '../reduce/reduce-crds.ts'
import { openApiSourceKey, reduceOpenApi, type OpenApiType } from '../reduce/reduce-openapi.ts'
import { ReducerError } from '../reduce/start-reducer-thread.ts'
import { mapStream } from '../streams/map-stream.ts'
import { indexByName, rememberResults, type DescribeContext } from './describe-context.ts'
import { buildDocumentPath, type DocumentLocation, type OpenApiIndex } from './openapi-index.ts'

interface PublishedType extends OpenApiType {
  location: DocumentLocation
}

/** Documents have up to 7 MB and are never compressed. */
const PARALLEL = 4
const NO_ACCESS = 'the account may not read /openapi/v3, where its schema is'

/** Describes types from the OpenAPI v3 documents of their group versions. Cached definitions are not read again. */
export async function* describeOpenApi(
  context: DescribeContext,
  readIndex: (signal: AbortSignal) => Promise<OpenApiIndex>,
  types: OpenApiType[],
): AsyncGenerator<DescribeResult> {
  if (types.length === 0) return
  const index = await readIndex(context.signal)
  if (index.outcome === 'forbidden') {
    context.warn('No access to /openapi/v3: bind the account to the ClusterRole system:discovery.')
    for (const { type } of types) yield { outcome: 'undescribable', type, reason: NO_ACCESS }
    return
  }
  const locations =
    index.outcome === 'published' ? index.locations : new Map<string, DocumentLocation>()
  const published: PublishedType[] = []
  for (const wanted of types) {
    const location = locations.get(buildDocumentPath(wanted.type))
    if (location) published.push({ ...wanted, location })
    else yield* describeByNames(context, wanted)
  }
  yield* describePublished(context, published)
}

async function* describePublished(
  context: DescribeContext,
  published: PublishedType[],
): AsyncGenerator<DescribeResult> {
  const { known } = context
  const keys = published.map((wanted) => buildSourceKey(context, wanted))
  const lookedUp = keys.filter((key) => key !== undefined)
  const found = lookedUp.length > 0 ? await known.lookup(lookedUp) : []
  const byKey = new Map(lookedUp.map((key, index) => [key, found[index]]))
  const unknown: PublishedType[] = []
  for (const [index, wanted] of published.entries()) {
    const definition = byKey.get(keys[index] ?? '')
    if (definition) yield { outcome: 'described', definition }
    else unknown.push(wanted)
  }
  const types = indexByName(unknown.map(({ type }) => type))
  const documents = Map.groupBy(unknown, ({ location }) => location)
  const failed = { count: 0 }
  const read = (entry: [DocumentLocation, PublishedType[]]): Promise<ReduceResult[]> =>
    readDocument(context, entry, failed)
  for await (const reduced of mapStream(documents, PARALLEL, read)) {
    yield* await rememberResults(context, types, reduced)
  }
}

/** An unreadable document is a fault of its types. If the first documents all fail, the cluster is unreachable: throws. */
async function readDocument(
  context: DescribeContext,
  [location, wanted]: [DocumentLocation, PublishedType[]],
  failed: { count: number },
): Promise<ReduceResult[]> {
  const { client, reducer, signal, budgetTokens } = context
  try {
    const { status, body } = await client.get(location.url, signal)
    if (status !== 200) return faults(wanted, `its OpenAPI document answers ${status}`)
    const { path, hash } = location
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

function faults(wanted: PublishedType[], fault: string): ReduceResult[] {
  return wanted.map(({ type }) => ({ resource: resourceName(type), fault }))
}

/** For types that the server serves without an OpenAPI document: only their names are known. */
function describeByNames({ budgetTokens }: DescribeContext, wanted: OpenApiType): DescribeResult[] {
  const nothing = { components: { schemas: {} } }
  return reduceOpenApi(nothing, [wanted], () => undefined, budgetTokens).flatMap((one) =>
    'definition' in one ? [{ outcome: 'described', definition: one.definition }] : [],
  )
}

function buildSourceKey(
  { budgetTokens }: DescribeContext,
  wanted: PublishedType,
): string | undefined {
  const { location, type, subresources } = wanted
  const { path, hash } = location
  if (hash === undefined) return undefined
  return openApiSourceKey({ path, hash }, { type, subresources }, budgetTokens)
}
