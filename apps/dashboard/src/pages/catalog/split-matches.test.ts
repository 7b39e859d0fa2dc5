import { expect, test } from 'vitest'
import { splitMatches } from './split-matches.ts'

const mark = (text: string, query: string): string =>
  splitMatches(text, query)
    .map((part) => (part.isMatch ? `[${part.text}]` : part.text))
    .join('')

test.each([
  ['A PostgreSQL database.', 'postgres', 'A [PostgreSQL] database.'],
  ['Backups of databases', 'database backup', '[Backups] of [databases]'],
  ['Stores policies', 'policy', 'Stores [policies]'],
  ['An S3 bucket, not S3x', 's3', 'An [S3] bucket, not S3x'],
  ['A database with a copy', 'copy with a lock', 'A database with a [copy]'],
  ['nothing here', 'queue', 'nothing here'],
  ['text', '  ', 'text'],
])('%j searched with %j is %j', (text, query, marked) => {
  expect(mark(text, query)).toBe(marked)
})
