import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import type { ExampleResult } from '../example/example-result.ts'
import type { KubeClient } from '../kube/kube-client.ts'
import type { Reducer } from '../reduce/reducer.ts'
import { ReducerError } from '../reduce/start-reducer-thread.ts'
import { CRDS_PATH } from './read-crd-names.ts'
import { buildDocumentPath, type OpenApiIndex } from './openapi-index.ts'

interface ExampleContext {
  client: KubeClient
  reducer: Reducer
  readIndex: (signal: AbortSignal) => Promise<OpenApiIndex>
  signal: AbortSignal
}

/** Reads the schema of one type and renders its example: from its CRD, or from OpenAPI where there is no readable CRD. */
export async function renderTypeExample(
  context: ExampleContext,
  type: ResourceType,
): Promise<ExampleResult> {
  const { client, reducer, signal } = context
  try {
    if (type.origin !== 'builtin') {
      const { status, body } = await client.get(`${CRDS_PATH}/${resourceName(type)}`, signal)
      if (status === 200) return await reducer.run('crd-example', { body, type }, signal)
    }
    return await readFromDocument(context, type)
  } catch (error) {
    if (!(error instanceof ReducerError)) throw error
    return unavailable(`its schema cannot be read: ${error.message}`)
  }
}

async function readFromDocument(
  { client, reducer, readIndex, signal }: ExampleContext,
  type: ResourceType,
): Promise<ExampleResult> {
  const index = await readIndex(signal)
  if (index.outcome === 'forbidden') return unavailable('the account may not read /openapi/v3')
  const location =
    index.outcome === 'published' ? index.locations.get(buildDocumentPath(type)) : undefined
  if (!location) return unavailable('the cluster publishes no schema of it')
  const { status, body } = await client.get(location.url, signal)
  if (status !== 200) return unavailable(`its OpenAPI document answers ${status}`)
  return reducer.run('openapi-example', { body, type }, signal)
}

function unavailable(reason: string): ExampleResult {
  return { outcome: 'unavailable', reason }
}
