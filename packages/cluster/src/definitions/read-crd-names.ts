import { notKubernetesError } from '../kube/kube-errors.ts'
import { ReducerError } from '../reduce/start-reducer-thread.ts'
import type { CrdEntry } from '../watch/crd-change.ts'
import type { DescribeContext } from './describe-context.ts'

export const CRDS_PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions'

const METADATA_ONLY =
  'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json'

/**
 * Reads the name and generation of every CRD: 2 MB for 1,556 CRDs, the cheapest way to find changes. Undefined if the account
 * may not list CRDs.
 */
export async function readCrdNames({
  client,
  reducer,
  signal,
}: Pick<DescribeContext, 'client' | 'reducer' | 'signal'>): Promise<
  Map<string, CrdEntry> | undefined
> {
  const { status, body } = await client.get(CRDS_PATH, signal, { accept: METADATA_ONLY })
  if (status === 403) return undefined
  // The server has no custom resources.
  if (status === 404) return new Map()
  if (status !== 200) throw notKubernetesError('The server', CRDS_PATH)
  try {
    const entries = await reducer.run('crd-names', { body }, signal)
    return new Map(entries.map((entry) => [entry.name, entry]))
  } catch (error) {
    if (error instanceof ReducerError) throw notKubernetesError('The server', CRDS_PATH)
    throw error
  }
}
