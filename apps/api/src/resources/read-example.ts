import { AppError } from '@capstan/shared/errors'
import { resourceName } from '@capstan/shared/contract/resource-type'
import { scrub } from '@capstan/shared/text/scrub'
import type { ApiDeps } from '../deps.ts'
import { openCluster } from '../clusters/open-cluster.ts'
import { resolveType } from '../clusters/resolve-resource.ts'

const READ_MS = 20_000

/** Renders a minimal manifest of one type from its schema in the cluster. Throws AppError NOT_FOUND when there is none. */
export async function readExample(
  deps: Pick<ApiDeps, 'clusters' | 'work'>,
  cluster: string | undefined,
  spelling: string,
  signal: AbortSignal,
): Promise<string> {
  const source = openCluster(deps, cluster)
  const type = await resolveType(source, spelling, { signal })
  const within = AbortSignal.any([signal, AbortSignal.timeout(READ_MS)])
  const example = await deps.work.examples.run(() => source.example(type, within))
  if (example.outcome === 'rendered') return example.yaml
  throw new AppError('NOT_FOUND', `There is no example of ${resourceName(type)}`, {
    hint: `The reason: ${scrub(example.reason)}.`,
  })
}
