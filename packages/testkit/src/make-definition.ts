import { createHash } from 'node:crypto'
import type { Definition } from '@capstan/shared/contract/definition'

/** The definition of an invented type. Its outline contains the kind, so that simulators can match it. */
export function makeDefinition(kind: string, change: Partial<Definition> = {}): Definition {
  const outline =
    change.outline ??
    `${kind} (example.com/v1, namespaced)\nDescription: Makes ${kind} objects.\nFields of spec:\n  *size integer`
  return {
    type: {
      group: 'example.com',
      version: 'v1',
      kind,
      plural: `${kind.toLowerCase()}s`,
      singular: kind.toLowerCase(),
      scope: 'Namespaced',
      verbs: ['get', 'list'],
      shortNames: [],
      categories: [],
      origin: 'crd',
    },
    outline,
    outlineTokens: Math.ceil(outline.length / 4),
    truncated: false,
    schemaPublished: true,
    suspicions: [],
    printerColumns: [],
    definitionHash: createHash('sha256').update(`definition ${outline}`).digest('hex'),
    outlineHash: createHash('sha256').update(outline).digest('hex'),
    ...change,
  }
}
