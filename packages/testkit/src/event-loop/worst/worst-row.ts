import { makeCapability } from '../../make-capability.ts'

/** A row of another cluster with unique words, so that the keyword index grows with the rows. */
export function makeWorstRow(index: number, cluster = 'worst') {
  const word = (kind: string): string => `widget${kind}${index.toString(36).padStart(4, 'q')}`
  const kind = `Widget${index.toString(36).padStart(4, 'q')}`
  return makeCapability({
    cluster,
    kind,
    group: `group-${index % 50}.example.com`,
    apiVersion: `group-${index % 50}.example.com/v1`,
    capabilities: [`${word('a')} backups`, `${word('b')} storage`],
    description: `Runs ${word('c')} as a service with ${word('d')} and the database of ${word('e')}.`,
    searchPhrases: [`a ${word('f')} with backups`],
  })
}
