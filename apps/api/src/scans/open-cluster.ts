import type { ClusterSource } from '@capstan/cluster/cluster-source'
import { AppError } from '@capstan/shared/errors'
import type { ApiDeps } from '../deps.ts'

/** The cluster that a request names, or the configured one. AppError CLUSTER_MISCONFIGURED with the names there are. */
export function openCluster(
  { clusters }: Pick<ApiDeps, 'clusters'>,
  name: string | undefined,
): ClusterSource {
  const source = clusters.named(name)
  if (source) return source
  const names = clusters.names.slice(0, 20).join(', ')
  throw new AppError('CLUSTER_MISCONFIGURED', 'This server knows no cluster of that name', {
    hint: `Leave \`cluster\` out, or use one of: ${names}.`,
    extra: { unprocessable: true },
  })
}
