import { resourceName, type ResourceType } from '@capstan/shared/contract/resource-type'
import type { ReduceResult } from '../reduce/reduce-crds.ts'
import { ReducerError } from '../reduce/start-reducer-thread.ts'
import type { DescribeContext } from './describe-context.ts'
import { CRDS_PATH } from './read-crd-names.ts'

/** Reads one CRD by name. Throws if the cluster does not answer; other failures are faults of the type. */
export async function readCrd(
  { client, reducer, signal, budgetTokens }: DescribeContext,
  run: number,
  type: ResourceType,
): Promise<ReduceResult> {
  const resource = resourceName(type)
  const { status, body } = await client.get(`${CRDS_PATH}/${resource}`, signal)
  if (status !== 200) return { resource, fault: FAULTS[status] ?? `the cluster answered ${status}` }
  try {
    const { reduced } = await reducer.run('crds', { run, body, budgetTokens }, signal)
    return reduced[0] ?? { resource, fault: 'its CustomResourceDefinition is malformed' }
  } catch (error) {
    if (error instanceof ReducerError) {
      return { resource, fault: `its CustomResourceDefinition cannot be read: ${error.message}` }
    }
    throw error
  }
}

const FAULTS: Record<number, string> = {
  403: 'the account may not get its CustomResourceDefinition',
  404: 'it was deleted while the cluster was read',
}
