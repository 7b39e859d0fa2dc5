import { readdirSync, readFileSync } from 'node:fs'
import type { ItemError } from '@capstan/shared/errors'
import type { Scripted } from './scripted-server.ts'

/** An error response of a product and its expected class. The title names the product or the situation. */
export interface FaultRow extends Scripted {
  title: string
  expected: Partial<ItemError>
}

const FOLDER = new URL('./faults/', import.meta.url)

/** Reads the rows of `faults/*.ndjson`, grouped by file. Every row applies to all APIs. */
export function readFaultRows(): [meaning: string, rows: FaultRow[]][] {
  return readdirSync(FOLDER).map((file) => {
    const lines = readFileSync(new URL(file, FOLDER), 'utf8').trim().split('\n')
    return [file.replace('.ndjson', ''), lines.map((line): FaultRow => JSON.parse(line))]
  })
}
