import { compareApiVersions } from '../discovery/compare-api-versions.ts'
import type { CrdVersionSpec } from './custom-resource-definition.ts'

/**
 * Chooses the version that discovery chose or, if that is deprecated, the next one that is not. Undefined if none is served.
 * Only the CRD states which versions are deprecated; discovery does not.
 */
export function chooseCrdVersion(
  versions: CrdVersionSpec[],
  discoveredVersion: string,
): CrdVersionSpec | undefined {
  const served = versions
    .filter((version) => version.served)
    .toSorted((a, b) => compareApiVersions(a.name, b.name))
  const current = served.filter((version) => !version.deprecated)
  const discovered = served.find(({ name }) => name === discoveredVersion)
  if (discovered && !discovered.deprecated) return discovered
  return current[0] ?? discovered ?? served[0]
}
