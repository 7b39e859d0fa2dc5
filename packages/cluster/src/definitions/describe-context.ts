import type { ResourceType } from '@capstan/shared/contract/resource-type'
import { resourceName } from '@capstan/shared/contract/resource-type'
import type { DescribeResult, SourceCache } from '../cluster-source.ts'
import type { KubeClient } from '../kube/kube-client.ts'
import type { ReduceResult } from '../reduce/reduce-crds.ts'
import type { Reducer } from '../reduce/reducer.ts'

/** Dependencies and options of one describe. */
export interface DescribeContext {
  client: KubeClient
  reducer: Reducer
  known: SourceCache
  budgetTokens: number
  warn: (warning: string) => void
  signal: AbortSignal
}

/** Caches definitions of immutable sources and returns the results of all types. */
export async function rememberResults(
  { known }: DescribeContext,
  types: ReadonlyMap<string, ResourceType>,
  reduced: ReduceResult[],
): Promise<DescribeResult[]> {
  const entries = reduced.flatMap((one) =>
    'definition' in one && one.sourceKey !== undefined
      ? [{ sourceKey: one.sourceKey, definition: one.definition }]
      : [],
  )
  if (entries.length > 0) await known.remember(entries)
  return reduced.flatMap((one): DescribeResult[] => {
    if ('definition' in one) return [{ outcome: 'described', definition: one.definition }]
    const type = types.get(one.resource)
    return type ? [{ outcome: 'undescribable', type, reason: one.fault }] : []
  })
}

/** Types by their names. */
export function indexByName(types: ResourceType[]): Map<string, ResourceType> {
  return new Map(types.map((type) => [resourceName(type), type]))
}
