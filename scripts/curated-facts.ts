// Compares the curated answers with definitions: `node scripts/curated-facts.ts [--write] PATH...`, where PATH is a file or
// folder of CRD manifests (YAML or JSON) or OpenAPI v3 documents. Reports rows that do not hold, changed definitions, types
// without a row and the coverage. `--write` takes over the facts of all definitions that were found. Ends with 1 on faults.
import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { readDataFiles } from '../packages/curated-answers/src/data-files.ts'
import { writeDataFile, writeDataIndex } from './curated-index.ts'
import { readDefinedTypes } from './curated/read-defined-types.ts'
import { refreshFacts, type DraftFile, type RefreshedData } from './curated/refresh-facts.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean', default: false } },
})
if (positionals.length === 0) {
  console.error('Usage: node scripts/curated-facts.ts [--write] PATH...')
  process.exit(2)
}

const drafts = readDataFiles() as Map<string, DraftFile>
const { types, warnings } = await readDefinedTypes(positionals, listWantedFields())
const refreshed = refreshFacts(drafts, types)
printReport(refreshed)
if (values.write) writeFacts(refreshed)
process.exitCode = refreshed.faults.length > 0 ? 1 : 0

function listWantedFields(): Map<string, string[]> {
  const projects = [...drafts.values()].filter((file) => 'rows' in file)
  return new Map(projects.flatMap(({ rows }) => rows.map(({ type, fields }) => [type, fields])))
}

function printReport({ faults, changes, newTypes, coverage }: RefreshedData): void {
  printList('Faults', faults)
  printList('Changed definitions, to be read again', changes)
  printList('New types without a row, in API groups with rows', newTypes)
  printList('Unusable definitions', warnings)
  console.log('| rows | types | covered |\n| --- | --- | --- |')
  const total = { source: 'total', types: 0, covered: 0 }
  for (const one of coverage) {
    total.types += one.types
    total.covered += one.covered
  }
  for (const { source, types: all, covered } of [...coverage, total]) {
    console.log(`| ${source} | ${all} | ${covered} |`)
  }
}

function printList(heading: string, lines: string[]): void {
  if (lines.length > 0) console.log(`${heading}: ${lines.length}\n  ${lines.join('\n  ')}\n`)
}

function writeFacts({ files }: RefreshedData): void {
  for (const [name, file] of files) writeDataFile(name, file)
  writeDataIndex()
  execFileSync('node_modules/.bin/oxfmt', ['packages/curated-answers/src/data'], {
    stdio: 'inherit',
  })
}
