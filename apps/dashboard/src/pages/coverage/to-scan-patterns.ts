import type { CoveredGroup, CoveredType } from './group-types.ts'

/** More names than this make a URL too long; a scan of the group then skips its current types by itself. */
const MOST_NAMES = 60

/** Returns the patterns of a scan of exactly these types of a group. */
export function toScanPatterns({ group }: CoveredGroup, types: readonly CoveredType[]): string {
  if (types.length <= MOST_NAMES || group === '')
    return types.map(({ resource }) => resource).join(' ')
  return `*.${group}`
}
