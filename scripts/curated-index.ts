// Writes packages/curated-answers/src/data/index.json: the version of the data and the API groups of each file. Part of `fix`;
// packages/curated-answers/test/data.test.ts fails when the index is out of date.
import { writeFileSync } from 'node:fs'
import { CuratedFile, type DataIndex } from '../packages/curated-answers/src/curated-data.ts'
import { locateDataFile, readDataFiles } from '../packages/curated-answers/src/data-files.ts'
import { computeDataVersion } from '../packages/curated-answers/src/data-version.ts'
import { listGroups } from '../packages/curated-answers/src/list-data-faults.ts'

if (import.meta.main) writeDataIndex()

export function writeDataIndex(): void {
  const files = readDataFiles()
  const groups = [...files].map(
    ([name, content]) => [name, listGroups(CuratedFile.parse(content))] as const,
  )
  const index: DataIndex = {
    version: computeDataVersion(files),
    files: Object.fromEntries(groups),
  }
  writeDataFile('index', index)
}

/** Formatting is left to oxfmt. */
export function writeDataFile(name: string, content: unknown): void {
  writeFileSync(locateDataFile(name), `${JSON.stringify(content, null, 2)}\n`)
}
