import type { CuratedRow, FamilyFile, ProjectFile } from '../src/curated-data.ts'

const SOURCE = { repository: 'example.com/project', version: 'v1' }

/** A valid row about a namespaced type. The texts contain its name, so no two rows are equal. */
export function makeRow(type: string, change: Partial<CuratedRow> = {}): CuratedRow {
  const [plural = '', ...group] = type.split('.')
  const kind = `${plural.charAt(0).toUpperCase()}${plural.slice(1, -1)}`
  return {
    type,
    capabilities: [`small service ${type}`],
    providers: [],
    abstractions: [],
    complexity: 'low',
    description: `Runs a small service of the type ${type}.`,
    useCase: `For tests that need the type ${type}.`,
    confidence: 0.9,
    searchPhrases: [`run ${type}`, `start ${type}`, `stop ${type}`],
    fields: ['spec.size'],
    facts: {
      group: group.join('.'),
      kind,
      plural,
      scope: 'Namespaced',
      versions: ['v1'],
      outlineHash: 'a'.repeat(64),
      fields: { 'spec.size': 'integer' },
    },
    ...change,
  }
}

export function makeProject(rows: CuratedRow[]): ProjectFile {
  return { source: SOURCE, rows }
}

/** A family with one service. */
export function makeFamily(group: string, kinds: Record<string, string>): FamilyFile {
  return {
    source: SOURCE,
    providers: ['Cloud'],
    complexity: 'medium',
    scope: 'Cluster',
    kindsNameService: false,
    services: [
      {
        group,
        service: 'Cloud Databases',
        capabilities: ['managed database in the cloud'],
        abstractions: [],
        description: 'Cloud Databases runs relational databases.',
        useCase: 'For a database that the cloud operates.',
        searchPhrases: ['database in the cloud', 'managed database'],
        confidence: 0.9,
        facts: { versions: ['v1'], kinds },
      },
    ],
  }
}
