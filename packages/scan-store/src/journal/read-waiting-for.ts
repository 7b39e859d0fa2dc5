import type { Scan } from '@capstan/shared/contract/scan/scan'

/** Of several scans the one that most types wait for. `waits`: scans, each followed by its number of types. */
export function findLargestWait(waits: (string | number)[]): Scan['waitingFor'] {
  let most: Scan['waitingFor'] = null
  for (let index = 0; index + 1 < waits.length; index += 2) {
    const [scanId, types] = [String(waits[index]), Number(waits[index + 1])]
    if (types > (most?.types ?? 0)) most = { scanId, types }
  }
  return most
}
