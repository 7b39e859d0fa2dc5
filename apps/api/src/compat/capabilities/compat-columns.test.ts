import { expect, test } from 'vitest'
import { toCompatColumns } from './compat-columns.ts'

const columns = (...names: string[]) =>
  names.map((name) => ({ name, type: 'string', jsonPath: '' }))
const toColumnNames = (...names: string[]) =>
  toCompatColumns(columns(...names)).map(({ name }) => name)

test.each([
  ['a built-in type', ['NAME', 'READY', 'AGE'], ['NAME', 'READY', 'AGE']],
  ['events, whose name is the last column', ['REASON', 'NAME'], ['NAME', 'REASON', 'AGE']],
  ['roles, which print their creation time', ['NAME', 'CREATED AT'], ['NAME', 'CREATED AT']],
  ['a custom type with an age', ['Name', 'Age', 'Phase'], ['Name', 'Age', 'Phase']],
  ['a custom type without an age', ['Name', 'Phase'], ['Name', 'Phase', 'Age']],
  ['a row of an older version', [], ['Name', 'Age']],
])('COL-1: %s has its name first and includes its age', (_, stored, expected) => {
  expect(toColumnNames(...stored)).toEqual(expected)
})

test('COL-2: a column keeps its path, type and description', () => {
  const phase = { name: 'Phase', type: 'string', jsonPath: '.status.phase', description: 'How.' }
  expect(toCompatColumns([...columns('Name'), phase])).toEqual([
    { name: 'Name', type: 'string', jsonPath: '.metadata.name', priority: 0 },
    { ...phase, priority: 0 },
    { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp', priority: 0 },
  ])
})
