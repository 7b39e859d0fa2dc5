import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { FAULT_CLASSES } from '../src/errors/fault-classes.ts'

test('docs/errors.md describes each class of errors with its reason', () => {
  const page = readFileSync(new URL('../../../docs/errors.md', import.meta.url), 'utf8')
  const [, part = ''] = page.split('\n## Errors of providers\n')
  const rows = part.split('\n').filter((line) => line.startsWith('| `'))
  const described = rows.flatMap((row) => {
    const [kinds = '', , reason = ''] = row.split(' | ')
    return [...kinds.matchAll(/`(\w+)`/g)].map(([, kind]) => `${kind} ${reason.slice(1, -1)}`)
  })
  const known = FAULT_CLASSES.map(({ kind, reason }) => `${kind} ${reason}`)
  expect(described.toSorted()).toEqual([...new Set([...known, 'timeout timeout'])].toSorted())
})
