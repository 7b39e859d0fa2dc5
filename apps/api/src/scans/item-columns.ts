import type { ScanItem } from '@capstan/shared/contract/scan/scan-item'
import type { CsvColumn } from '../export/csv-column.ts'

/** Columns of the CSV export of the types of a scan. */
export const ITEM_COLUMNS: CsvColumn<ScanItem>[] = [
  ['resource', ({ resource }) => resource],
  ['kind', ({ kind }) => kind],
  ['group', ({ group }) => group],
  ['version', ({ version }) => version],
  ['scope', ({ scope }) => scope],
  ['status', ({ status }) => status],
  ['attempts', ({ attempt }) => attempt],
  ['startedAt', ({ startedAt }) => startedAt],
  ['finishedAt', ({ finishedAt }) => finishedAt],
  ['durationMs', ({ durationMs }) => durationMs],
  ['inputTokens', ({ usage }) => usage && usage.inputTokens + usage.cachedTokens],
  ['outputTokens', ({ usage }) => usage && usage.outputTokens],
  ['confidence', ({ confidence }) => confidence],
  ['source', ({ source }) => source],
  ['cached', ({ cached }) => cached],
  ['reason', ({ reason, problem }) => problem?.reason ?? reason],
  ['problem', ({ problem }) => problem && problem.title],
]
