import type { Capability } from '@capstan/shared/contract/capability'
import type { Lab } from '../scenario.ts'
import {
  CLUSTER_SIZES,
  loadClusterQueries,
  loadJudgedQueries,
  type JudgedQuery,
} from './judged-query.ts'
import { loadKnownTypes } from './known-types.ts'
import { scanRows } from './scan-rows.ts'

/** Rows, and the queries that are judged for them. */
export interface JudgedCatalog {
  /** `demo cluster`, `350 types`, `1600 types` or `hand-written`. */
  name: string
  /** Number and origin of the rows, for people. */
  source: string
  rows: Capability[]
  queries: JudgedQuery[]
}

/** Rows of scans without a model first: the demo cluster, and the recorded clusters of the command line. */
export async function loadJudgedCatalogs(lab: Lab): Promise<JudgedCatalog[]> {
  const catalogs: JudgedCatalog[] = []
  for (const { name, cluster, queries } of listScans(lab)) {
    const { rows, curated } = await scanRows(cluster, lab.signal)
    lab.log(`${name}: ${rows.length} rows, ${curated} of them curated`)
    const source = `${rows.length} without a model, ${curated} curated`
    catalogs.push({ name, source, rows, queries: selectQueries(queries, rows) })
  }
  const rows = loadKnownTypes()
  return [
    ...catalogs,
    {
      name: 'hand-written',
      source: `${rows.length} hand-written`,
      rows,
      queries: loadJudgedQueries(),
    },
  ]
}

function listScans(lab: Lab): { name: string; cluster: string; queries: JudgedQuery[] }[] {
  return [
    { name: 'demo cluster', cluster: 'demo', queries: loadJudgedQueries() },
    ...CLUSTER_SIZES.flatMap((size) => {
      const cluster = lab.clusters.get(size)
      const name = `${size} types`
      return cluster === undefined ? [] : [{ name, cluster, queries: loadClusterQueries(size) }]
    }),
  ]
}

/** Leaves out queries whose answers the scan excluded or the cluster does not have. */
function selectQueries(queries: JudgedQuery[], rows: Capability[]): JudgedQuery[] {
  const names = new Set(rows.map(({ resource }) => resource))
  return queries.filter(
    ({ kind, best }) => kind === 'negative' || best.some((one) => names.has(one)),
  )
}
