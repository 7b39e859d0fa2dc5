// Writes src/generated/openapi.ts: the types of all operations from the stored document of the API, and of the events of a
// scan from their schemas. Part of `fix`; with `--check`, part of `check`, it ends with 1 when the file is out of date.
import { readFileSync, writeFileSync } from 'node:fs'
import openapiTS, { astToString } from 'openapi-typescript'
import { describeScanEvents } from './describe-scan-events.ts'

const DOCUMENT = new URL('../../../apps/api/openapi.json', import.meta.url)
const TARGET = new URL('../src/generated/openapi.ts', import.meta.url)
const HEAD =
  '// Written by packages/client/build/generate.ts (`npx -y pnpm@12.21.0 fix`); change the routes or the schemas of events.\n'

const document: { components: { schemas: Record<string, unknown> } } = JSON.parse(
  readFileSync(DOCUMENT, 'utf8'),
)
document.components.schemas['ScanEvents'] = describeScanEvents()
const nodes = await openapiTS(JSON.stringify(document), {
  alphabetize: true,
  silent: true,
  // A member with a default may be absent from a request.
  defaultNonNullable: false,
})
const text = `${HEAD}${astToString(nodes)}`

if (!process.argv.includes('--check')) {
  writeFileSync(TARGET, text)
} else if (readFileSync(TARGET, 'utf8') !== text) {
  console.error(
    'packages/client/src/generated/openapi.ts is out of date: run `npx -y pnpm@12.21.0 fix`.',
  )
  process.exitCode = 1
}
