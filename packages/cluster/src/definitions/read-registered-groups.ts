import { notKubernetesError } from '../kube/kube-errors.ts'
import { ReducerError } from '../reduce/start-reducer-thread.ts'
import type { DescribeContext } from './describe-context.ts'
import type { RegisteredGroup } from '../discovery/registered-group.ts'

/** Statuses of API servers without an aggregator. */
const NO_AGGREGATOR = [404, 405, 501]
const API_SERVICES = '/apis/apiregistration.k8s.io/v1/apiservices'

/** Reads the groups of aggregated API servers. Undefined if RBAC forbids to list API services. */
export async function readRegisteredGroups({
  client,
  reducer,
  signal,
}: Pick<DescribeContext, 'client' | 'reducer' | 'signal'>): Promise<RegisteredGroup[] | undefined> {
  const { status, body } = await client.get(API_SERVICES, signal)
  if (status === 403) return undefined
  if (NO_AGGREGATOR.includes(status)) return []
  if (status !== 200) throw notKubernetesError('The server', API_SERVICES)
  try {
    return await reducer.run('api-services', { body }, signal)
  } catch (error) {
    if (error instanceof ReducerError) throw notKubernetesError('The server', API_SERVICES)
    throw error
  }
}
